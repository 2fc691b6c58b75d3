// One album: its sleeve, its songs, its notes.
import { isHere, savedVersion } from "../core/versions.js";
import { albumFiles } from "../core/export_names.js";
import { breath, button, h } from "./dom.js";
import { icon, labelPicture } from "./drawn.js";
import { notes, preferred, songWords } from "./texts.js";
import { clock, day, named, signedSentence, size, t } from "./words.js";

/** @typedef {import("../types.js").Engine} Engine */
/** @typedef {import("../types.js").Album} Album */
/** @typedef {import("../types.js").Label} Label */
/** @typedef {import("../types.js").Track} Track */
/** @typedef {import("./covers.js").Covers} Covers */
/** @typedef {import("./sound.js").Sound} Sound */
/** @typedef {import("./saving.js").Saving} Saving */
/** @typedef {{album: Album, label: Label, engine: Engine, covers: Covers, sound: Sound, saving: Saving, back: () => void, life: AbortSignal}} Wishes */

const AT_ONCE = 200; // songs that are built before the browser may breathe

/** The view, and what has to know when something else sounds. @param {Wishes} wishes */
export function albumView(wishes) {
  const { album, label, covers, back } = wishes;
  const songs = songList(wishes);
  const nodes = [
    h("p", { class: "way" }, button("bare", back, h("span", { "aria-hidden": "true" }, "← "), t("album.back"))),
    h(
      "div",
      { class: "head" },
      h("h1", { tabindex: -1, dir: "auto" }, named(album.title)),
      h("p", { class: "by", dir: "auto" }, h("b", {}, album.artist), album.date && ` · ${day(album.date)}`),
    ),
    album.withdrawn && h("p", { class: "warning" }, t("album.withdrawn")),
    album.withdrawn && album.withdrawnReason && h("p", { class: "soft", dir: "auto" }, album.withdrawnReason),
    !album.withdrawn && actions(wishes),
    h(
      "div",
      { class: "jcard" },
      h("div", { class: "front" }, covers.frame(album)),
      h("div", { class: "spine", "aria-hidden": "true" }, h("span", {}, `${album.artist} — ${album.title}`)),
      songs.node,
      flap(wishes, label),
    ),
  ];
  return { nodes, update: songs.update };
}

/** @param {Wishes} wishes */
function actions({ album, sound, saving }) {
  const first = album.tracks.findIndex(isHere);
  if (first < 0) return h("p", { class: "warning" }, t("save.nothing"));
  const length = albumFiles(album, savedVersion).reduce((sum, { file }) => sum + file.length, 0);
  return h(
    "div",
    { class: "actions" },
    button("main", () => sound.play(queueOf(album), first), icon("play"), t("album.play")),
    button("", () => saving.album(album), icon("save"), t("album.save", { size: size(length) })),
  );
}

/** @param {Album} album */
const queueOf = (album) => album.tracks.map((track) => ({ album, track }));

/** @param {Wishes} wishes */
function flap({ album, engine, life }, /** @type {Label} */ label) {
  const file = preferred(Object.entries(album.notes));
  return h(
    "div",
    { class: "flap" },
    file?.here && [h("h2", {}, t("album.notes")), notes(engine, file, life)],
    album.carried ? [h("h2", {}, t("shelf.passed")), h("p", {}, t("album.passed"))] : signer(label),
  );
}

/** @param {Label} label */
const signer = (label) => [
  h("h2", {}, t("album.by")),
  h(
    "div",
    { class: "who" },
    labelPicture(label.imprint),
    h("div", {}, h("b", { dir: "auto" }, named(label.name)), h("p", { class: "four" }, label.fourWords.join(" "))),
  ),
  h("p", { class: "soft" }, signedSentence(label.signedOn)),
];

/** @param {Wishes} wishes */
function songList(wishes) {
  const { album } = wishes;
  const here = album.tracks.filter(isHere).length;
  const time = clock(album.tracks.reduce((sum, { durationS }) => sum + durationS, 0));
  const node = h("div", { class: "songs" });
  node.append(
    h("h2", { class: "side" }, t("album.songs")),
    h("p", { class: "soft" }, t("album.lasts", { n: album.tracks.length, time })),
  );
  if (here < album.tracks.length && !album.withdrawn)
    node.append(h("p", { class: "warning" }, t("album.partly", { here, all: album.tracks.length })));
  /** @type {Map<Track, Row>} */
  const rows = new Map();
  const update = () => showWhatSounds(rows, wishes.sound);
  void fill(node, wishes, rows).then(update);
  return { node, update };
}

/** @param {HTMLElement} node @param {Wishes} wishes @param {Map<Track, Row>} rows */
async function fill(node, wishes, rows) {
  const { tracks } = wishes.album;
  const several = new Set(tracks.map(({ disc }) => disc)).size > 1;
  let list = h("ol", { class: "tracks" });
  for (let at = 0; at < tracks.length; at += 1) {
    if (at === 0 || (several && tracks[at].disc !== tracks[at - 1].disc) || at % AT_ONCE === 0) {
      if (at && at % AT_ONCE === 0) await breath();
      if (wishes.life.aborted) return;
      const begins = at === 0 || tracks[at].disc !== tracks[at - 1].disc;
      if (several && begins) node.append(h("h3", {}, t("album.disc", { n: tracks[at].disc })));
      list = h("ol", { class: "tracks" });
      node.append(list);
    }
    const row = rowOf(wishes, at);
    rows.set(tracks[at], row);
    list.append(row.node);
  }
}

/** @typedef {{node: HTMLElement, at: (nowMs: number) => void}} Row */

/** @param {Wishes} wishes @param {number} at @returns {Row} */
function rowOf(wishes, at) {
  const { album, engine, sound, saving, life } = wishes;
  const track = album.tracks[at];
  const file = savedVersion(track);
  const node = h("li", { class: file ? "" : "away" });
  /** @type {Row} */
  const row = { node, at: () => undefined };
  const names = [
    file && h("b", { class: "unseen" }, t("player.play")),
    h("i", {}, track.number === null ? "·" : String(track.number)),
    h(
      "span",
      { dir: "auto" },
      named(track.title),
      track.artist !== album.artist && h("small", {}, track.artist),
      !file && !album.withdrawn && h("small", {}, t("song.away")),
      file && file !== track.file && h("small", {}, t("song.small")),
    ),
    h("time", {}, clock(track.durationS)),
  ];
  if (!file) {
    node.append(h("div", { class: "title" }, ...names));
    return row;
  }
  const press = button("title", () => sound.play(queueOf(album), at), ...names);
  node.append(press);
  if (track.lyrics.some(({ file: one }) => one.here)) node.append(wordsKey(track, engine, life, row));
  const save = t("song.save", { title: track.title, size: size(file.length) });
  const key = button("key", () => saving.song(album, track), icon("save"));
  key.setAttribute("aria-label", save);
  key.title = save;
  node.append(key);
  return row;
}

/** Opens and closes the words under a song. @param {Track} track @param {Engine} engine @param {AbortSignal} life @param {Row} row */
function wordsKey(track, engine, life, row) {
  const name = t("song.words.of", { title: track.title });
  const key = button("key", () => toggle(), icon("words"));
  key.setAttribute("aria-label", name);
  key.setAttribute("aria-expanded", "false");
  key.title = t("song.words");
  /** @type {HTMLElement | null} */
  let shown = null;
  const toggle = () => {
    key.setAttribute("aria-expanded", String(!shown));
    if (shown) shown.remove();
    const words = shown ? null : songWords(engine, track.lyrics, life);
    shown = words && h("div", { class: "words", role: "region", "aria-label": name, tabindex: 0 }, words.shown);
    row.at = words?.at ?? (() => undefined);
    if (shown) row.node.append(shown);
  };
  return key;
}

/** @param {Map<Track, Row>} rows @param {Sound} sound */
function showWhatSounds(rows, sound) {
  for (const [track, { node, at }] of rows) {
    const on = sound.song?.track === track;
    if (node.classList.contains("on") !== on) {
      node.classList.toggle("on", on);
      if (on) node.setAttribute("aria-current", "true");
      else node.removeAttribute("aria-current");
    }
    if (on) at(sound.position * 1000);
  }
}
