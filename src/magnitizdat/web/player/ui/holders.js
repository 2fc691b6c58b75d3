// Who carries a label on if its library is gone: so many of so many holders.
import { t } from "../i18n.js";
import { arranging } from "./arranging.js";
import { h } from "./dom.js";
import { button } from "./form.js";
import { seals } from "./seals.js";

/** @param {LabelSheet} label @param {() => Promise<void>} again @param {AbortSignal} signal */
export function holders(label, again, signal) {
  const { need, of, all, verdict, waiting } = label.holders;
  const mine = all.filter((holder) => holder.here).length;
  const desk = h("div", { class: "desk" });
  const shut = () => desk.replaceChildren();
  const open = (/** @type {"holders" | "hand-over"} */ verb) => () => {
    desk.replaceChildren(arranging(label, verb, shut, again, signal));
    desk.querySelector("h3")?.focus();
  };
  return h(
    "section",
    { class: "shelf holders" },
    h("h2", {}, t("holders.title")),
    of > 0 && seals(need, of),
    h("p", { class: "serif", dir: "auto" }, need === 1 ? t("holders.birth") : verdict),
    need > 1 &&
      h(
        "ul",
        { class: "picked" },
        all.map((holder) => h("li", { class: holder.here ? "all mine" : "all", dir: "auto" }, holder.shown)),
      ),
    waiting > 0 && h("p", { class: "warning" }, h("a", { href: "#/sign" }, t("holders.waiting", { n: waiting }))),
    desk,
    h(
      "div",
      { class: "actions" },
      label.own && button(t(need > 1 ? "holders.change" : "holders.appoint"), open("holders")),
      mine > 0 && need > 1 && !label.own && button(t("over.do"), open("hand-over")),
      (label.own || mine > 0) && h("a", { class: "button", href: "#/sign" }, t("holding.title")),
    ),
  );
}
