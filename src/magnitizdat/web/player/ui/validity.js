// What a form lacks, in the language of the page: a browser's own bubble speaks that of the browser.
import { t } from "../i18n.js";

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

/** @type {[keyof ValidityState, Key][]} */
const REASONS = [
  ["valueMissing", "lacks.value"],
  ["tooShort", "lacks.length"],
  ["rangeUnderflow", "lacks.least"],
  ["rangeOverflow", "lacks.most"],
  ["badInput", "lacks.form"],
  ["typeMismatch", "lacks.form"],
  ["patternMismatch", "lacks.form"],
  ["stepMismatch", "lacks.form"],
];
/** @type {WeakSet<Field>} */
const ours = new WeakSet();

export function speakOfFields() {
  document.addEventListener("invalid", (event) => say(/** @type {Field} */ (event.target)), true);
  for (const kind of ["input", "change"])
    document.addEventListener(kind, (event) => around(/** @type {Field} */ (event.target)).forEach(settle), true);
}

/** @param {Field} field */
function say(field) {
  settle(field); // the language may be another since
  const [, key] = REASONS.find(([reason]) => field.validity[reason]) ?? [];
  if (!key) return; // a form said itself what it lacks
  ours.add(field);
  field.setCustomValidity(t(key, limits(field)));
}

/** What one chooses among several settles them all. @param {Field} field */
const around = (field) => /** @type {Field[]} */ (field.form ? [...field.form.elements] : [field]);

/** @param {Field} field */
function settle(field) {
  if (ours.delete(field)) field.setCustomValidity("");
}

/** @param {Field} field */
function limits(field) {
  const { minLength, min, max } = field instanceof HTMLInputElement ? field : { minLength: 0, min: "", max: "" };
  return { n: Math.max(0, minLength), least: min, most: max };
}
