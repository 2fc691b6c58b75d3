// While a reel opens: what is being done, how far it is, and a way to stop.
import { button, h } from "./dom.js";
import { announce } from "./said.js";
import { percent, t, told } from "./words.js";

/** @typedef {import("../types.js").Progress} Progress */

/** @param {() => void} stop @returns {{nodes: Node[], progress: Progress}} */
export function opening(stop) {
  const doing = h("p", { class: "doing" }, t("doing.open"));
  const far = h("p", { class: "soft" }, "\u00a0");
  const bar = h("progress", { max: 1, "aria-label": t("doing.open") });
  let last = "";
  /** @type {Progress} */
  const progress = (what, done, total) => {
    const text = told({ key: what });
    if (text !== last) announce((doing.textContent = last = text));
    const share = total > 0 ? Math.min(1, done / total) : null;
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
    far.textContent = share === null ? "\u00a0" : percent(share);
  };
  const card = h("div", { class: "card step opening" }, h("h1", { tabindex: -1 }, t("doing.open")), doing, bar, far, button("", stop, t("stop"))); // prettier-ignore
  return { nodes: [card], progress };
}
