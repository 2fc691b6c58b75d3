// Words in the reader's language. A message has `{places}`; `{n:song|songs}` is the form that goes with the number `n`.
// What is chosen is remembered nowhere: a new page asks the browser again.
import english from "../i18n/en.js";

/** @typedef {import("../types.js").Sentence} Sentence */
/** @typedef {keyof typeof english} Key */
/** @typedef {Readonly<Record<string, Readonly<Record<string, string>>>>} Translations by language and key */

const ORDER = ["zero", "one", "two", "few", "many", "other"];
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

/** @type {Translations} */
let known = {};
let tag = "en";
/** How numbers and dates are written: as the reader's own country does, where it speaks this language. */
let place = "en";
/** @type {Readonly<Record<string, string>>} */
let words = english;
let plural = new Intl.PluralRules(tag);

export const language = () => tag;

/** Languages there are, English first. */
export const languages = () => ["en", ...Object.keys(known)];

/** Begin in the first language that the reader's browser asks for and that there is. @param {Translations} translations */
export function learn(translations) {
  known = translations;
  const asked = (navigator.languages ?? []).map((each) => each.split("-")[0]);
  speak(asked.find((each) => languages().includes(each)) ?? "en");
}

/** @param {string} wanted */
export function speak(wanted) {
  tag = wanted;
  place = (navigator.languages ?? []).find((each) => each.split("-")[0] === wanted) ?? wanted;
  words = known[wanted] ?? english;
  plural = new Intl.PluralRules(tag);
  document.documentElement.lang = tag;
}

/** @param {string[]} forms @param {unknown} value */
function formFor(forms, value) {
  const categories = ORDER.filter((each) => plural.resolvedOptions().pluralCategories.some((one) => one === each));
  const place = categories.indexOf(plural.select(Number(value)));
  return forms[Math.min(place < 0 ? forms.length : place, forms.length - 1)];
}

/** The sentence `key`, its places filled from `values`; numbers are written as the language does. @param {Key} key @param {Sentence["values"]} values */
export const t = (key, values = {}) => told({ key, values });

/** The same of a sentence that came from below; one without words here is told by its key. @param {Sentence} sentence */
export function told({ key, values = {} }) {
  const text = words[key] ?? /** @type {Record<string, string>} */ (english)[key] ?? key;
  return text.replace(/\{(\w+)(?::([^{}]*))?\}/g, (hole, name, forms) => {
    const value = Object.hasOwn(values, name) ? values[name] : hole;
    if (forms !== undefined) return formFor(forms.split("|"), value);
    return typeof value === "number" ? number(value) : value;
  });
}

/** @param {number} value */
export const number = (value) => new Intl.NumberFormat(place).format(value);

/** @param {number} share from 0 to 1 */
export const percent = (share) => new Intl.NumberFormat(place, { style: "percent" }).format(share);

/** "3:07", "1:02:03". @param {number} seconds */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((each) => String(each).padStart(2, "0"));
  return whole < 3600 ? `${Math.floor(whole / 60)}:${parts[1]}` : `${Math.floor(whole / 3600)}:${parts.join(":")}`;
}

/** "312 kB", "4.7 GB". @param {number} bytes */
export function size(bytes) {
  let [value, step] = [bytes, 0];
  for (; Math.round(value) >= 1000 && step < UNITS.length - 1; step += 1) value /= 1000;
  const maximumFractionDigits = value < 10 && step > 1 ? 1 : 0;
  const unitDisplay = step ? "short" : "long";
  return new Intl.NumberFormat(place, { style: "unit", unit: UNITS[step], unitDisplay, maximumFractionDigits }).format(
    value,
  );
}

/** A date as far as it is known: "14 May 1982", "May 1982", "1982"; anything else as it is. @param {string} iso */
export function day(iso) {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  /** @type {Intl.DateTimeFormatOptions} */
  const wish = { timeZone: "UTC", year: "numeric" };
  if (iso.length > 4) wish.month = "long";
  if (iso.length > 7) wish.day = "numeric";
  return new Intl.DateTimeFormat(place, wish).format(time);
}

/** The name of a language in itself. @param {string} other */
export function languageName(other) {
  try {
    const name = new Intl.DisplayNames([other], { type: "language" }).of(other) ?? other;
    return name.charAt(0).toLocaleUpperCase(other) + name.slice(1);
  } catch {
    return other;
  }
}

/** A name as it is shown: one of nothing that can be seen has a dot. @param {string} name */
export const named = (name) => (/[^\s\p{M}\u2800\u115f\u1160\u3164\uffa0]/u.test(name) ? name : "·");

/** What is said of freshness; of a date that is none, as of none. @param {string} signedOn */
export const signedSentence = (signedOn) =>
  /^\d{4}-\d\d-\d\d$/.test(signedOn) ? t("shelf.signed", { day: day(signedOn) }) : t("shelf.unsigned");
