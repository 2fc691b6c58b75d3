// Search while one types. The words stay in the page: they are in no address.
import { post } from "../api.js";
import { t } from "../i18n.js";
import { visit } from "../places.js";
import { listen, store, within } from "../store.js";
import { albumCell } from "../ui/covers.js";
import { h, there } from "../ui/dom.js";
import { button } from "../ui/form.js";
import { announce, complain } from "../ui/notice.js";
import { empty } from "../ui/states.js";
import { tracks } from "../ui/tracks.js";
import { walkAlong } from "../ui/walk.js";
import { artistLine } from "./artists.js";

const MOST = 40;
const ALL = 500; // lines of one answer

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const box = h("div", { class: "found", on: { keydown: walkAlong } });
  const field = /** @type {HTMLInputElement | null} */ (document.getElementById("search"));
  store.query = visit.get("query", store.query);
  if (field && field.value !== store.query) field.value = store.query;
  let most = MOST;
  let asking = within(signal);
  let life = within(signal);
  const look = async () => {
    asking.abort();
    asking = within(signal);
    const query = store.query.trim();
    visit.set("query", store.query);
    if (!query) return box.replaceChildren(empty(t("search.name"), t("search.empty")));
    const found = await post("api/search", { q: query, size: most }, { signal: asking.signal });
    life.abort();
    life = within(signal);
    box.replaceChildren(...results(found, life.signal));
    if (most < ALL && [found.artists, found.albums, found.songs].some((some) => some.length >= most))
      box.append(rest());
    return announce(t("search.count", { n: found.artists.length + found.albums.length + found.songs.length }));
  };
  /** All that is found, where it is more than one looks through. */
  const rest = () =>
    button(t("search.more"), () => {
      most = ALL;
      return look();
    });
  const anew = () => {
    most = MOST;
    look().catch(complain);
  };
  listen("query", anew, signal);
  await look();
  return h("div", {}, h("h1", { class: "unseen" }, t("search.name")), box);
}

/** @param {Found} found @param {AbortSignal} signal */
function results({ artists, albums, songs }, signal) {
  if (!artists.length && !albums.length && !songs.length) return [empty(t("search.nothing"), t("search.nothing.text"))];
  const part = (/** @type {string} */ title, /** @type {Node} */ content, /** @type {number} */ some) =>
    some > 0 && h("section", { class: "shelf" }, h("h2", {}, title), content);
  return there([
    part(
      t("tab.artists"),
      h(
        "ul",
        { class: "rows plain" },
        artists.map((artist) => h("li", {}, artistLine(artist))),
      ),
      artists.length,
    ),
    part(
      t("tab.albums"),
      h(
        "ul",
        { class: "strip" },
        albums.map((album) => h("li", {}, albumCell(album))),
      ),
      albums.length,
    ),
    part(t("search.songs"), tracks(songs, signal, { full: true }), songs.length),
  ]);
}
