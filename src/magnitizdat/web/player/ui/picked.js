// What was chosen, on the sheets that give it; nothing chosen means everything.
import { t } from "../i18n.js";
import { store } from "../store.js";
import { choose, chooseOnly } from "./choosing.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN = 12;

export function pickedThings() {
  const box = h("ul", { class: "picked" });
  const draw = () => {
    const left = store.picked.size - SHOWN;
    const chips = store.picked.first(SHOWN).map((thing) => chip(thing, () => changed(() => choose([thing], false))));
    const more = left > 0 && h("li", { class: "all" }, t("picked.more", { n: left }));
    box.replaceChildren(...(chips.length ? chips : [h("li", { class: "all" }, t("picked.all"))]), more || "");
    if (chips.length > 1)
      box.append(
        h(
          "li",
          { class: "none" },
          key(t("picked.none"), () => changed(() => chooseOnly([]))),
        ),
      );
  };
  const changed = (/** @type {() => void} */ act) => {
    act();
    draw();
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };
  draw();
  return box;
}

/** @param {Thing} thing @param {() => void} out */
const chip = ({ title }, out) =>
  h(
    "li",
    {},
    h("span", { dir: "auto" }, title),
    h(
      "button",
      { type: "button", class: "bare", "aria-label": t("picked.out", { title }), on: { click: out } },
      icon("close"),
    ),
  );

/** @param {string} words @param {() => void} press */
const key = (words, press) => h("button", { type: "button", class: "bare", on: { click: press } }, words);
