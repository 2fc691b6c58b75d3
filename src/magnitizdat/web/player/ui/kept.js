// What was typed into a form and not sent is in it again, with a line that says so and a way to begin afresh.
import { t } from "../i18n.js";
import { inHand, keep } from "../in_hand.js";
import { store } from "../store.js";
import { h } from "./dom.js";

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */

const PASSES = "[type=password], [type=file], [type=hidden], [data-fleeting], [data-kept] *"; // no secret, and nothing that is kept otherwise
const TYPED = "textarea, input:not([type]), input[type=text], input[type=search], input[type=url], input[type=number]";

const going = new Set(); // places of forms that are being sent

/** Keep what is typed into `node`, and put in what was; the answer is a way to send it: what went is not here again, not even in a form that takes its place meanwhile. @param {HTMLFormElement} node @returns {(act: () => unknown) => Promise<void>} */
export function keptForm(node) {
  const all = controls(node);
  if (store.session?.state !== "open" || !all.some((one) => one.matches(TYPED)))
    return async (act) => void (await act());
  const place = `${where()} ${all.map((one) => one.name).join(" ")}`.slice(0, 200);
  const before = values(all);
  const found = inHand(place);
  if (found && !going.has(place) && alike(found, before)) {
    write(all, found);
    node.prepend(again(place, () => write(all, before)));
  }
  const look = () => {
    const now = values(all);
    keep(place, JSON.stringify(now) === JSON.stringify(before) ? null : now);
  };
  node.addEventListener("input", look);
  node.addEventListener("change", look);
  return async (act) => {
    going.add(place);
    try {
      await act();
      keep(place, null);
    } finally {
      going.delete(place);
    }
  };
}

/** Where we are, as the page calls it. */
export const where = () => location.hash.replace(/^#\/?/, "");

/** The line over what is here again. @param {string} place @param {() => void} afresh */
export function again(place, afresh) {
  const out = () => {
    afresh();
    keep(place, null);
    line.remove();
  };
  /** @type {HTMLElement} */
  const line = h(
    "p",
    { class: "kept typed small" },
    h("span", {}, t("kept.again")),
    h("button", { type: "button", class: "small", on: { click: out } }, t("kept.afresh")),
  );
  return line;
}

/** @typedef {[name: string, value: string, checked: boolean]} Written */

/** @param {HTMLFormElement} node @returns {Control[]} */
const controls = (node) =>
  /** @type {Control[]} */ ([...node.querySelectorAll("input, textarea, select")]).filter(
    (one) => !one.matches(PASSES),
  );

/** @param {Control[]} all @returns {Written[]} */
const values = (all) => all.map((one) => [one.name, one.value, ticked(one)]);

/** @param {Control} one */
const ticked = (one) => one instanceof HTMLInputElement && one.checked;

/** Whether these are values of the same fields; of choices, among which some may have come or gone, the same kinds. @param {Written[]} found @param {Written[]} before */
const alike = (found, before) => {
  const names = (/** @type {Written[]} */ all) => [...new Set(all.map(([name]) => name))].join(" ");
  return Array.isArray(found) && names(found) === names(before);
};

/** @param {Control[]} all @param {Written[]} written */
function write(all, written) {
  const left = [...written];
  for (const one of all) {
    const chooses = one instanceof HTMLInputElement && ["radio", "checkbox"].includes(one.type);
    const at = left.findIndex(([name, value]) => name === one.name && (!chooses || value === one.value));
    if (at < 0) continue;
    const [[, value, checked]] = left.splice(at, 1);
    if (put(one, value, checked))
      for (const event of ["input", "change"]) one.dispatchEvent(new Event(event, { bubbles: true }));
  }
}

/** @param {Control} one @param {string} value @param {boolean} checked */
function put(one, value, checked) {
  if (one instanceof HTMLInputElement && ["radio", "checkbox"].includes(one.type)) {
    if (one.checked === checked) return false;
    one.checked = checked;
    return true;
  }
  if (one.value === value) return false;
  if (one instanceof HTMLSelectElement && ![...one.options].some((option) => option.value === value)) return false;
  one.value = value;
  return true;
}
