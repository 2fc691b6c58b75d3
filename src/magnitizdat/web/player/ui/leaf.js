// A leaf of a tear-off calendar.
import { dateParts } from "../i18n.js";
import { h } from "./dom.js";

/** @param {string} iso a day */
export function leaf(iso) {
  const { day, month, weekday } = dateParts(iso);
  return h(
    "time",
    { class: "leaf", datetime: iso },
    h("span", { class: "month" }, month),
    h("b", {}, day),
    h("span", {}, weekday),
  );
}
