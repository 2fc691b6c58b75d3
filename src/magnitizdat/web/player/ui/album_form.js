// The fields of an album that is published or edited: what stands on the sleeve, song by song.
import { languageName, t } from "../i18n.js";
import { h } from "./dom.js";
import { field, text } from "./form.js";
import { icon } from "./icons.js";

const LANGUAGES = ["en", "da", "ru", "uk", "be", "de", "fr", "es", "fa", "zh"];

/** Fields and `read()`, which gives the album as it stands in them. @param {Fields} album @returns {Part<Fields>} */
export function albumForm(album) {
  const [title, artist, date, genres] = [
    text("title", album.title, { required: true }),
    text("artist", album.artist, { required: true }),
    text("date", album.date, {
      pattern: "\\d{4}(-\\d\\d(-\\d\\d)?)?",
      placeholder: "1982-05-14",
      inputmode: "numeric",
    }),
    text("genres", album.genres.join(", ")),
  ];
  const [licence, support] = [
    text("licence", album.licence ?? ""),
    text("support", album.support ?? "", { inputmode: "url" }),
  ];
  const songs = songTable(album.tracks);
  const notes = repeated(t("edit.notes.add"), Object.entries(album.notes ?? {}), noteRow);
  const credits = repeated(
    t("edit.credits.add"),
    (album.credits ?? []).map(({ role, name }) => /** @type {Pair} */ ([role, name])),
    creditRow,
  );
  const node = h(
    "div",
    { class: "album-form" },
    h("div", { class: "pair" }, field(t("edit.album"), title), field(t("edit.artist"), artist)),
    h("div", { class: "pair" }, field(t("edit.date"), date, t("edit.date.hint")), field(t("edit.genres"), genres)),
    songs.node,
    h(
      "details",
      { open: Boolean(notes.any || credits.any) },
      h("summary", {}, t("edit.more")),
      h("h3", {}, t("edit.notes")),
      notes.node,
      h("h3", {}, t("edit.credits")),
      credits.node,
      h(
        "div",
        { class: "pair" },
        field(t("album.licence"), licence, t("edit.licence.hint")),
        field(t("album.support"), support, t("edit.support.hint")),
      ),
    ),
  );
  const read = () => ({
    title: title.value.trim(),
    artist: artist.value.trim(),
    date: date.value.trim(),
    genres: listed(genres.value),
    licence: licence.value.trim(),
    support: support.value.trim(),
    notes: Object.fromEntries(notes.read()),
    credits: credits.read().map(([role, name]) => ({ name, role })),
    tracks: songs.read(),
  });
  return { node, read };
}

/** @param {string} words */
const listed = (words) =>
  words
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);

/** Songs as their tags number them; files without a number keep their order and get the number of their place. @param {TrackFields[]} songs @returns {Part<TrackFields[]>} */
function songTable(songs) {
  const rows = [...songs]
    .sort((one, other) => counted(one.disc, 1) - counted(other.disc, 1) || placed(one) - placed(other))
    .map((song, at) => {
      const [title, artist, disc, position] = [
        text("", song.title, { required: true, "aria-label": t("edit.song", { n: at + 1 }) }),
        text("", song.artist, { "aria-label": t("edit.artist") }),
        whole(counted(song.disc, 1), t("edit.disc")),
        whole(song.pregap ? 0 : placed(song) || at + 1, t("edit.position"), song.pregap ? 0 : 1),
      ];
      const read = () => ({
        ...identity(song),
        title: title.value.trim(),
        artist: artist.value.trim(),
        disc: Number(disc.value) || 1,
        position: Number(position.value) || (song.pregap ? 0 : at + 1),
      });
      return { node: h("li", {}, disc, position, title, artist), read };
    });
  return {
    node: h(
      "fieldset",
      { class: "songs" },
      h("legend", {}, t("edit.songs")),
      h(
        "div",
        { class: "columns", "aria-hidden": "true" },
        [t("edit.disc"), t("edit.position"), t("songs.title"), t("edit.artist")].map((name) => h("span", {}, name)),
      ),
      h(
        "ol",
        {},
        rows.map((row) => row.node),
      ),
    ),
    read: () => rows.map((row) => row.read()),
  };
}

/** @param {TrackFields} song */
const identity = (song) => (song.upload === undefined ? { id: song.id } : { upload: song.upload });

/** @param {number} number @param {number} otherwise */
const counted = (number, otherwise) => (number >= 1 && number <= 999 ? number : otherwise);
/** @param {TrackFields} song */
const placed = (song) => (song.pregap ? -1 : counted(song.position, 0));
/** @param {number} value @param {string} label @param {number} [min] */
const whole = (value, label, min = 1) =>
  h("input", { type: "number", min, max: 999, value, "aria-label": label, title: label });

/** @typedef {[first: string, second: string]} Pair */

/** Rows that can be added to and taken from. @param {string} add @param {Pair[]} pairs @param {(pair: Pair) => Part<Pair>} row */
function repeated(add, pairs, row) {
  /** @type {Set<Part<Pair>>} */
  const rows = new Set();
  const list = h("div", { class: "repeated" });
  const put = (/** @type {Pair} */ pair) => {
    const one = row(pair);
    const out = h(
      "button",
      {
        type: "button",
        class: "bare",
        "aria-label": t("move.out"),
        on: {
          click: () => {
            rows.delete(one);
            holder.remove();
          },
        },
      },
      icon("close"),
    );
    const holder = h("div", { class: "row" }, one.node, out);
    rows.add(one);
    list.append(holder);
    return one.node;
  };
  pairs.forEach(put);
  const more = h(
    "button",
    {
      type: "button",
      class: "small",
      on: {
        click: () =>
          put(["", ""])
            .querySelector(/** @type {"input"} */ ("input, select"))
            ?.focus(),
      },
    },
    add,
  );
  return {
    node: h("div", {}, list, more),
    any: pairs.length > 0,
    read: () => [...rows].map((one) => one.read()).filter(([first, second]) => first && second),
  };
}

/** @param {Pair} pair @returns {Part<Pair>} */
function noteRow([code, words]) {
  const tags = LANGUAGES.includes(code) || !code ? LANGUAGES : [code, ...LANGUAGES];
  const choice = h(
    "select",
    { "aria-label": t("language") },
    tags.map((tag) => h("option", { value: tag }, languageName(tag))),
  );
  choice.value = code || tags[0];
  const area = h("textarea", { rows: 6, dir: "auto", "aria-label": t("edit.notes") });
  area.value = words;
  return { node: h("div", { class: "note" }, choice, area), read: () => [choice.value, area.value.trim()] };
}

/** @param {Pair} pair @returns {Part<Pair>} */
function creditRow([role, name]) {
  const [what, who] = [
    text("", role, { "aria-label": t("edit.role"), placeholder: t("edit.role") }),
    text("", name, { "aria-label": t("edit.name"), placeholder: t("edit.name") }),
  ];
  return { node: h("div", { class: "pair" }, what, who), read: () => [what.value.trim(), who.value.trim()] };
}
