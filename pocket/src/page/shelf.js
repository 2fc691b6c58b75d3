// The shelf: each label with what tells it from another of that name, and its albums. Built bit by bit, since they may be thousands.
import { SHELF_PIXELS } from "../core/media.js";
import { isHere } from "../core/versions.js";
import { breath, button, h } from "./dom.js";
import { labelPicture } from "./drawn.js";
import { foot, isUrgent } from "./foot.js";
import { announce } from "./said.js";
import { language, named, signedSentence, t, told } from "./words.js";

/** @typedef {import("../types.js").Album} Album */
/** @typedef {import("../types.js").Label} Label */
/** @typedef {import("../types.js").Catalogue} Catalogue */
/** @typedef {import("./covers.js").Covers} Covers */
/** @typedef {{catalogue: Catalogue, covers: Covers, sought: string, whole: boolean, show: (album: Album, label: Label) => void, life: AbortSignal}} Wishes */
/** @typedef {{node: HTMLElement, words: string}} Card an album on the shelf, and what it is found by */
/** @typedef {{album: Album, label: Label}} Shelved */
/** @typedef {{node: HTMLElement, list: HTMLElement, shelved: Shelved[]}} Section */

const AT_ONCE = 60; // albums that are built before the browser may breathe; then as many as stand there, which it lays out anew
const FEW = 12; // albums among which nobody needs to search

/** The whole view, at once; its albums come after it. @param {Wishes} wishes */
export function shelf(wishes) {
  const { labels } = wishes.catalogue;
  const albums = labels.flatMap((label) => label.albums);
  const tracks = albums.reduce((sum, { tracks }) => sum + tracks.length, 0);
  /** @type {Card[]} */
  const cards = [];
  const sections = sectionsOf(labels);
  const head = h(
    "div",
    { class: "head" },
    h("h1", { tabindex: -1 }, t("shelf.title")),
    h("p", { class: "soft" }, t("shelf.count", { albums: albums.length, tracks })),
    wishes.catalogue.notes.filter(isUrgent).map((note) => h("p", { class: "warning" }, told(note))),
    albums.length > FEW && finder(wishes, cards),
  );
  void fill(sections, wishes, cards);
  return [
    head,
    !albums.length && h("p", {}, t("shelf.empty")),
    ...sections.map(({ node }) => node),
    foot(wishes.catalogue),
  ];
}

/** Labels with what they signed as theirs; then what is only passed on, whoever did. @param {readonly Label[]} labels @returns {Section[]} */
function sectionsOf(labels) {
  const all = labels.flatMap((label) => label.albums.map((album) => ({ album, label })));
  const carried = all.filter(({ album }) => album.carried);
  const signing = labels.filter(({ albums }) => !albums.length || albums.some((album) => !album.carried));
  const sections = signing.map((label, at) => labelSection(label, at === 0));
  return carried.length ? [...sections, carriedSection(carried)] : sections;
}

/** Nobody signed these as theirs, so there is no name, and nothing to compare. @param {Shelved[]} shelved @returns {Section} */
function carriedSection(shelved) {
  const list = h("ul", { class: "albums" });
  const node = h("section", { class: "label" }, h("h2", {}, t("shelf.passed")), h("p", {}, t("album.passed")), list);
  return { node, list, shelved };
}

/** @param {Label} label @param {boolean} explained whether it says what its four words are for @returns {Section} */
function labelSection(label, explained) {
  const own = label.albums.filter((album) => !album.carried);
  const list = h("ul", { class: "albums" });
  const name = h("h2", { dir: "auto" }, named(label.name));
  const node = h(
    "section",
    { class: "label" },
    h(
      "div",
      { class: "who" },
      labelPicture(label.imprint),
      h(
        "div",
        {},
        name,
        h("p", { class: "four" }, label.fourWords.join(" ")),
        h("p", {}, signedSentence(label.signedOn)),
        explained && h("p", { class: "soft" }, t("shelf.check")),
      ),
    ),
    own.length ? list : h("p", { class: "soft" }, t("shelf.no.albums")),
  );
  return { node, list, shelved: own.map((album) => ({ album, label })) };
}

/** At once where it was built before, since one comes back to a place in it. @param {Section[]} sections @param {Wishes} wishes @param {Card[]} cards */
async function fill(sections, wishes, cards) {
  for (const { list, shelved } of sections)
    for (let at = 0, next = 0, all = inOrder(shelved); at < all.length; at = next) {
      next = wishes.whole ? all.length : Math.max(AT_ONCE, 2 * at);
      const some = all.slice(at, next).map((each) => cardOf(each, wishes));
      cards.push(...some);
      list.append(...some.map(({ node }) => node));
      if (!wishes.whole) await breath();
      if (wishes.life.aborted) return;
    }
  wishes.whole = true;
  if (wishes.sought) filter(cards, wishes.sought);
}

/** By whom they are, and then as they came out. @param {readonly Shelved[]} shelved */
function inOrder(shelved) {
  const { compare } = new Intl.Collator(language(), { numeric: true });
  /** @type {(one: Album, other: Album) => number} */
  const order = (one, other) =>
    compare(one.artist, other.artist) || compare(one.date, other.date) || compare(one.title, other.title);
  return [...shelved].sort((one, other) => order(one.album, other.album));
}

/** @param {Shelved} shelved @param {Wishes} wishes @returns {Card} */
function cardOf({ album, label }, { covers, show }) {
  const here = album.tracks.filter(isHere).length;
  const partly = here < album.tracks.length && t("album.partly", { here, all: album.tracks.length });
  const press = button(
    "sleeve",
    () => show(album, label),
    covers.frame(album, SHELF_PIXELS),
    h("b", { dir: "auto" }, named(album.title)),
    h("small", { dir: "auto" }, [album.artist, album.date.slice(0, 4)].filter(Boolean).join(" · ")),
    (album.withdrawn || partly) && h("em", {}, album.withdrawn ? t("album.withdrawn") : partly),
  );
  const names = [album.title, album.artist, ...album.tracks.flatMap(({ title, artist }) => [title, artist])];
  return { node: h("li", {}, press), words: folded(names.join("\n")) };
}

/** @param {string} text */
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** @param {Wishes} wishes @param {Card[]} cards */
function finder(wishes, cards) {
  const field = h("input", {
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": t("shelf.find"),
    placeholder: t("shelf.find"),
    value: wishes.sought,
  });
  const none = h("p", { class: "soft", hidden: true }, t("shelf.none"));
  field.addEventListener("input", () => {
    wishes.sought = field.value;
    const found = filter(cards, field.value);
    none.hidden = found > 0;
    announce(t("shelf.found", { n: found }));
  });
  return h("div", { class: "find", role: "search" }, field, none);
}

/** How many are left. @param {Card[]} cards @param {string} sought */
function filter(cards, sought) {
  const words = folded(sought).split(/\s+/).filter(Boolean);
  const found = cards.filter(({ node, words: all }) => !(node.hidden = !words.every((word) => all.includes(word))));
  return found.length;
}
