import { get } from "../api.js";
import { byline, number, t } from "../i18n.js";
import { h } from "../ui/dom.js";
import { lettered } from "../ui/letters.js";
import { complain } from "../ui/notice.js";
import { empty } from "../ui/states.js";
import { PAGE } from "../ui/pages.js";
import { virtualGrid } from "../ui/virtual.js";
import { tabs } from "../ui/tabs.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const page = (/** @type {number} */ offset, /** @type {number} */ size, /** @type {AbortSignal} */ life) =>
    get(`api/artists?offset=${offset}&size=${size}`, { signal: life });
  const first = await page(0, PAGE, signal);
  const grid = virtualGrid({
    total: first.total,
    first: first.artists,
    signal,
    least: 260,
    foot: 46,
    gap: 28,
    square: false,
    label: t("tab.artists"),
    cell: artistLine,
    fetchPage: async (offset, size, life) => (await page(offset, size, life)).artists,
  });
  const rail = h("div", { class: "rail-box" });
  await lettered(grid, "artists", first.total, rail, signal).catch(complain);
  return h(
    "div",
    {},
    tabs("artists"),
    h("div", { class: "bar" }, h("h1", {}, t("tab.artists")), h("span", { class: "count typed" }, number(first.total))),
    rail,
    first.total ? grid : empty(t("empty.title"), t("empty.text")),
  );
}

/** @param {Artist} artist */
export const artistLine = (artist) =>
  h(
    "a",
    { class: "ruled", href: `#/artist/${artist.id}` },
    h("span", { dir: "auto" }, byline(artist.name)),
    h("small", {}, t("artist.albums", { n: artist.albums })),
  );
