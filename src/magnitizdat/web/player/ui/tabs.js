// Ways along one shelf.
import { t } from "../i18n.js";
import { h } from "./dom.js";

const WAYS = /** @type {const} */ (["home", "albums", "artists", "songs", "genres", "playlists", "now"]);

/** @param {(typeof WAYS)[number]} current */
export function tabs(current) {
  const line = h(
    "nav",
    { class: "tabs", "aria-label": t("nav.listen") },
    WAYS.map((name) =>
      h("a", { href: `#/${name}`, "aria-current": name === current ? "page" : null }, t(`tab.${name}`)),
    ),
  );
  requestAnimationFrame(() => {
    const here = line.querySelector("[aria-current]"); // on a phone it may stand beyond the edge
    if (here instanceof HTMLElement) line.scrollLeft = here.offsetLeft - line.offsetLeft - 40;
  });
  line.addEventListener("focusin", (event) => {
    /** @type {HTMLElement} */ (event.target).scrollIntoView({
      block: "nearest",
      inline: "nearest",
      behavior: "instant",
    });
  });
  return line;
}
