// Ways along one shelf.
import { t } from "../i18n.js";
import { h } from "./dom.js";

const WAYS = /** @type {const} */ (["home", "albums", "artists", "songs", "genres", "playlists", "now"]);

/** @param {(typeof WAYS)[number]} current */
export const tabs = (current) =>
  h(
    "nav",
    { class: "tabs", "aria-label": t("nav.listen") },
    WAYS.map((name) =>
      h("a", { href: `#/${name}`, "aria-current": name === current ? "page" : null }, t(`tab.${name}`)),
    ),
  );
