import { get } from "../api.js";
import { t } from "../i18n.js";
import { albumCell } from "../ui/covers.js";
import { h } from "../ui/dom.js";
import { heading } from "../ui/form.js";

/** @param {string[]} params @param {AbortSignal} signal */
export async function show([id], signal) {
  const artist = await get(`api/artists/${encodeURIComponent(id)}`, { signal });
  return h(
    "div",
    {},
    heading(artist.name, t("artist.albums", { n: artist.albums.length })),
    h(
      "ul",
      { class: "strip" },
      artist.albums.map((album) => h("li", {}, albumCell(album))),
    ),
  );
}
