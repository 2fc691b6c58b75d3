// Genres as spines in a rack, each as wide as it has albums; decades as the labels of tapes.
import { get } from "../api.js";
import { t } from "../i18n.js";
import { h } from "../ui/dom.js";
import { empty } from "../ui/states.js";
import { tabs } from "../ui/tabs.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const { genres, decades } = await get("api/ways", { signal });
  const most = Math.max(1, ...genres.map((genre) => genre.albums));
  return h(
    "div",
    {},
    tabs("genres"),
    h("div", { class: "bar" }, h("h1", {}, t("genres.title"))),
    !genres.length && !decades.length && empty(t("genres.none"), t("genres.none.text")),
    decades.length > 0 && h("ul", { class: "decades" }, decades.map(decade)),
    genres.length > 0 &&
      h(
        "ul",
        { class: "genres" },
        genres.map((genre) => spine(genre, genre.albums / most)),
      ),
  );
}

/** @param {Way} way */
const decade = (way) =>
  h(
    "li",
    {},
    h(
      "a",
      { href: `#/albums/decade/${way.id}` },
      h("b", {}, t("genres.decade", { year: way.name })),
      h("small", {}, t("artist.albums", { n: way.albums })),
    ),
  );

/** @param {Way} way @param {number} share */
const spine = (way, share) =>
  h(
    "li",
    {},
    h(
      "a",
      { href: `#/albums/genre/${way.id}`, style: { "--share": String(share) } },
      h("b", { dir: "auto" }, way.name),
      h("small", {}, t("artist.albums", { n: way.albums })),
    ),
  );
