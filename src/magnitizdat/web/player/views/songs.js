// All songs as a table: by any column, all of them or some.
import { get } from "../api.js";
import { byline, clock, number, t } from "../i18n.js";
import { visit } from "../places.js";
import { player } from "../player.js";
import { listen, store, within } from "../store.js";
import { chooseKeys, reaches, tickFor } from "../ui/choosing.js";
import { h } from "../ui/dom.js";
import { songMenu } from "../ui/menu.js";
import { meter } from "../ui/meter.js";
import { complain } from "../ui/notice.js";
import { PAGE } from "../ui/pages.js";
import { empty } from "../ui/states.js";
import { tabs } from "../ui/tabs.js";
import { songThing, starButton } from "../ui/tracks.js";
import { virtualGrid } from "../ui/virtual.js";

const COLUMNS = /** @type {const} */ (["title", "artist", "album", "year", "duration", "plays", "rating"]);
const ORDERS = /** @type {const} */ (["shelf", ...COLUMNS, "added", "played", "starred"]);
const DOWN = new Set(["plays", "rating", "added", "played", "starred"]); // what one wants most of first
const ONLY = /** @type {const} */ (["", "starred", "rated", "unheard"]);
const LINE = 46; // CSS pixels
const HEARD_ON = 200; // songs that are put into the queue behind the one that was pressed
const PART = 500; // lines of one answer

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  Object.assign(store.songs, visit.get("songs", {}), visit.get("order", {}));
  note();
  const [first, ways] = await Promise.all([page(0, PAGE, signal), get("api/ways", { signal })]);
  const count = h("span", { class: "count typed" });
  let [life, asking] = [within(signal), within(signal)];
  let total = 0;
  const put = (/** @type {SongPage} */ found) => {
    ({ total } = found);
    count.textContent = number(total);
    return found.total ? table(found, life.signal) : empty(t("songs.none"), t("songs.none.text"));
  };
  let body = put(first);
  const again = async () => {
    note();
    asking.abort();
    asking = within(signal);
    const found = await page(0, PAGE, asking.signal);
    life.abort();
    life = within(signal);
    const next = put(found);
    body.replaceWith(next);
    body = next;
    names.replaceWith((names = headings(changed)));
    for (const select of above.querySelectorAll("select"))
      select.value = store.songs[/** @type {"sort"} */ (select.name)];
  };
  const changed = () => again().catch(complain);
  let names = headings(changed);
  const above = filters(ways, changed);
  return h(
    "div",
    { class: "songs-view" },
    tabs("songs"),
    h(
      "div",
      { class: "bar" },
      h("h1", {}, t("tab.songs")),
      count,
      above,
      chooseKeys(() => named(0, total)),
    ),
    names,
    body,
  );
}

/** Whoever comes back finds it as it stands; which songs it shows is nothing for the browser's history. */
function note() {
  const { sort, down, ...which } = store.songs;
  visit.set("order", { sort, down });
  visit.set("songs", which);
}

/** @typedef {{ total: number, songs: SongRow[] }} SongPage */

/** @param {number} offset @param {number} size @param {AbortSignal} [signal] @returns {Promise<SongPage>} */
function page(offset, size, signal) {
  const { sort, down, only, genre, decade } = store.songs;
  const years = decade ? `&since=${decade}&until=${Number(decade) + 9}` : "";
  const wish = `sort=${sort}&down=${down}&only=${only}&genre=${encodeURIComponent(genre)}${years}`;
  return get(`api/songs?offset=${offset}&size=${size}&${wish}`, { signal });
}

/** @param {(typeof ORDERS)[number]} sort */
function turn(sort) {
  const down = store.songs.sort === sort ? !store.songs.down : DOWN.has(sort);
  Object.assign(store.songs, { sort, down });
}

/** Names of the columns; one press sorts by it, another the other way round. @param {() => void} changed */
function headings(changed) {
  const name = (/** @type {(typeof COLUMNS)[number]} */ column) => {
    const on = store.songs.sort === column;
    const way = store.songs.down ? "↓" : "↑";
    const press = () => {
      turn(column);
      changed();
    };
    return h(
      "button",
      { type: "button", class: `bare col-${column}`, "aria-pressed": String(on), on: { click: press } },
      t(`songs.${column}`),
      on && h("span", { "aria-hidden": "true" }, way),
    );
  };
  return h("div", { class: "song-line names", role: "group", "aria-label": t("albums.order") }, COLUMNS.map(name));
}

/** @param {{ genres: Way[], decades: Way[] }} ways @param {() => void} changed */
function filters({ genres, decades }, changed) {
  const choice = (
    /** @type {"sort" | "only" | "genre" | "decade"} */ what,
    /** @type {string} */ label,
    /** @type {(readonly [string, string])[]} */ options,
  ) => {
    const node = h(
      "select",
      { "aria-label": label, name: what, "data-fleeting": true },
      options.map(([value, words]) => h("option", { value }, words)),
    );
    node.value = store.songs[what];
    node.addEventListener("change", () => {
      if (what === "sort") turn(/** @type {(typeof ORDERS)[number]} */ (node.value));
      else store.songs[what] = node.value;
      changed();
    });
    return node;
  };
  return h(
    "div",
    { class: "filters" },
    choice(
      "sort",
      t("albums.order"),
      ORDERS.map((order) => [order, t(`songs.by.${order}`)]),
    ),
    choice(
      "only",
      t("songs.only"),
      ONLY.map((only) => [only, t(`songs.only.${only || "all"}`)]),
    ),
    genres.length > 0 &&
      choice("genre", t("tab.genres"), [
        ["", t("songs.genre.all")],
        ...genres.map(({ id, name }) => /** @type {const} */ ([id, name])),
      ]),
    decades.length > 0 &&
      choice("decade", t("songs.years"), [
        ["", t("songs.years.all")],
        ...decades.map(({ id }) => /** @type {const} */ ([id, t("genres.decade", { year: id })])),
      ]),
  );
}

/** @param {SongPage} found @param {AbortSignal} signal @returns {HTMLElement} */
function table(found, signal) {
  const list = virtualGrid({
    total: found.total,
    first: found.songs,
    signal,
    least: 1e6,
    foot: LINE,
    gap: 0,
    square: false,
    label: t("tab.songs"),
    cell: row,
    fetchPage: async (offset, size, life) => (await page(offset, size, life)).songs,
  });
  reaches(list, named, false);
  const update = () => {
    for (const line of list.querySelectorAll(".song-line"))
      line.classList.toggle("on", line instanceof HTMLElement && line.dataset.song === player.song?.id);
  };
  listen("queue", update, signal);
  return list;
}

/** @param {SongRow} song */
function row(song) {
  const press = () => (player.song?.id === song.id ? player.toggle() : playFrom(song.at).catch(complain));
  const line = h(
    "div",
    { class: player.song?.id === song.id ? "song-line on" : "song-line", data: { song: song.id } },
    h("button", { type: "button", class: "col-title", dir: "auto", on: { click: press } }, song.title),
    h("a", { class: "col-artist", href: `#/artist/${song.artist_id}`, dir: "auto" }, byline(song.artist)),
    h("a", { class: "col-album", href: `#/album/${song.album_id}`, dir: "auto" }, song.album),
    h("span", { class: "col-year" }, String(song.year ?? "")),
    h("time", { class: "col-duration" }, clock(song.duration_s)),
    h("span", { class: "col-plays" }, song.play_count ? number(song.play_count) : ""),
    h("span", { class: "col-rating" }, song.rating > 0 && meter(song.rating)),
    starButton(song),
    songMenu(song),
  );
  const cell = document.createDocumentFragment();
  cell.append(line, tickFor(songThing(song)));
  return cell;
}

/** Songs of the table from one place to another. @param {number} from @param {number} to */
async function named(from, to) {
  const found = [];
  for (let at = from; at < to; at += PART) found.push(...(await page(at, Math.min(PART, to - at))).songs);
  return found.map(songThing);
}

/** @param {number} at */
const playFrom = async (at) => player.play((await page(at, HEARD_ON)).songs);
