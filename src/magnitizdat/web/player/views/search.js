// Search while one types. The words stay in the page: they are in no address.
import { post } from "../api.js";
import { t } from "../i18n.js";
import { visit } from "../places.js";
import { listen, store, within } from "../store.js";
import { chooseKeys } from "../ui/choosing.js";
import { albumCell, albumThing } from "../ui/covers.js";
import { h, there } from "../ui/dom.js";
import { button } from "../ui/form.js";
import { announce, complain } from "../ui/notice.js";
import { empty } from "../ui/states.js";
import { songThing, tracks } from "../ui/tracks.js";
import { walkAlong } from "../ui/walk.js";
import { artistLine } from "./artists.js";

const MOST = 40; // of a kind, that one looks through
const PART = 500; // lines of one answer

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const box = h("div", { class: "found", on: { keydown: walkAlong } });
  const field = /** @type {HTMLInputElement | null} */ (document.getElementById("search"));
  store.query = visit.get("query", store.query);
  if (field && field.value !== store.query) field.value = store.query;
  let most = visit.get("shown", MOST);
  let asking = within(signal);
  let life = within(signal);
  const look = async () => {
    asking.abort();
    asking = within(signal);
    const query = store.query.trim();
    visit.set("query", store.query);
    if (!query) return box.replaceChildren(empty(t("search.name"), t("search.empty")));
    visit.set("shown", most);
    const found = await reached(query, most, asking.signal);
    life.abort();
    life = within(signal);
    box.replaceChildren(...results(found, life.signal));
    if (found.more) box.append(rest());
    return announce(t("search.count", { n: found.artists.length + found.albums.length + found.songs.length }));
  };
  /** The next ones, where there are more than one looks through. */
  const rest = () =>
    button(t("search.more"), () => {
      most = Math.floor(most / PART + 1) * PART;
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

/** The first `most` of each kind. @param {string} q @param {number} most @param {AbortSignal} signal */
async function reached(q, most, signal) {
  /** @type {Found} */
  const all = { artists: [], albums: [], songs: [], more: true };
  for (let offset = 0; all.more && offset < most; offset += PART) {
    const found = await post("api/search", { q, offset, size: Math.min(PART, most - offset) }, { signal });
    all.artists.push(...found.artists);
    all.albums.push(...found.albums);
    all.songs.push(...found.songs);
    all.more = found.more;
  }
  return all;
}

/** @param {Found} found @param {AbortSignal} signal */
function results({ artists, albums, songs }, signal) {
  if (!artists.length && !albums.length && !songs.length) return [empty(t("search.nothing"), t("search.nothing.text"))];
  /** @param {string} title @param {Node} content @param {number} some @param {() => Thing[]} [things] that can be chosen */
  const part = (title, content, some, things) =>
    some > 0 &&
    h(
      "section",
      { class: "shelf" },
      h("div", { class: "line" }, h("h2", {}, title), things && chooseKeys(things)),
      content,
    );
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
      () => albums.map(albumThing),
    ),
    part(t("search.songs"), tracks(songs, signal, { full: true }), songs.length, () => songs.map(songThing)),
  ]);
}
