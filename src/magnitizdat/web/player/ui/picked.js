// The albums that were picked to be given away; none picked means all.
import { t } from "../i18n.js";
import { store } from "../store.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";

export function pickedAlbums() {
  const box = h("ul", { class: "picked" });
  const draw = () => {
    const chips = [...store.picked].map(([id, title]) =>
      h(
        "li",
        {},
        h("span", { dir: "auto" }, title),
        h(
          "button",
          { type: "button", class: "bare", "aria-label": t("picked.out", { title }), on: { click: () => out(id) } },
          icon("close"),
        ),
      ),
    );
    box.replaceChildren(...(chips.length ? chips : [h("li", { class: "all" }, t("picked.all"))]));
  };
  const out = (/** @type {Id} */ id) => {
    store.picked.delete(id);
    draw();
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };
  draw();
  return box;
}
