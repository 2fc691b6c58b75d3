// A rating, as a recorder shows how loud it is: five bars, as many of them lit.
import { number, t } from "../i18n.js";
import { h } from "./dom.js";

const BARS = [1, 2, 3, 4, 5];

/** @param {number} rating of 1 to 5 */
export function meter(rating) {
  return h(
    "span",
    { class: "meter", role: "img", "aria-label": t("voices.rating.of", { n: number(rating) }) },
    BARS.map((at) => h("i", { class: at <= Math.round(rating) ? "lit" : "" })),
  );
}

/** The same to be set, or left out: a radio button in each bar. @param {number | null} rating */
export function meterInput(rating) {
  const one = (/** @type {number} */ at) =>
    h(
      "label",
      { class: "bar-input" },
      h("input", {
        type: "radio",
        name: "rating",
        value: at,
        checked: at === rating,
        "aria-label": t("voices.rating.of", { n: at }),
      }),
      h("i", { "aria-hidden": "true" }),
    );
  const none = h(
    "label",
    { class: "no-rating" },
    h("input", { type: "radio", name: "rating", value: "", checked: rating === null }),
    h("span", {}, t("voices.rating.none")),
  );
  return h(
    "fieldset",
    { class: "meter-input" },
    h("legend", {}, t("voices.rating")),
    h("div", {}, h("div", { class: "bars" }, BARS.map(one)), none),
  );
}
