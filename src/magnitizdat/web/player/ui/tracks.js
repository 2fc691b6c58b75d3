// Songs on ruled lines.
import { byline, clock, t } from "../i18n.js";
import { player } from "../player.js";
import { star } from "../stars.js";
import { listen } from "../store.js";
import { tickFor } from "./choosing.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { songMenu } from "./menu.js";
import { complain } from "./notice.js";
import { standsFor } from "./place.js";

/**
 * An ordered list of `songs`; a click plays `whole` (they themselves, unless said) from there. `full` also names artist and album.
 * @param {Song[]} songs @param {AbortSignal} signal
 * @param {{ whole?: Song[], full?: boolean, extra?: (song: Song, at: number) => Child }} [more]
 */
export function tracks(songs, signal, { whole = songs, full = false, extra = () => null } = {}) {
  const press = (/** @type {Song} */ song) =>
    player.plays(song, whole) ? player.toggle() : player.play(whole, whole.indexOf(song));
  const lines = songs.map((song, at) =>
    line(song, full ? at + 1 : song.number, full, () => press(song), extra(song, at)),
  );
  const update = () => {
    for (const [at, node] of lines.entries()) {
      const on = player.plays(songs[at], whole);
      node.classList.toggle("on", on);
      node.classList.toggle("sounds", on && player.playing);
    }
  };
  listen("queue", update, signal);
  listen("player", update, signal);
  update();
  return h("ol", { class: full ? "tracks full" : "tracks" }, lines);
}

/** As it is chosen. @param {Song} song @returns {Thing} */
export const songThing = ({ id, title }) => ({ kind: "song", id, title });

/** @param {Song} song @param {number} number @param {boolean} full @param {() => void} press @param {Child} extra */
function line(song, number, full, press, extra) {
  const here = song.complete;
  const title = h(
    "button",
    { type: "button", class: "title", disabled: !here, on: { click: press } },
    h("i", { "aria-hidden": "true" }, String(number)),
    h("span", { dir: "auto" }, song.title),
    tags(song),
  );
  const node = h(
    "li",
    { class: here ? "" : "away", data: { song: song.id } },
    here && tickFor(songThing(song)),
    title,
    full &&
      h(
        "a",
        { class: "from", href: `#/album/${song.album_id}`, dir: "auto" },
        `${byline(song.artist)} — ${song.album}`,
      ),
    extra,
    starButton(song),
    h("time", {}, clock(song.duration_s)),
    songMenu(song),
  );
  return standsFor(node, song);
}

/** @param {Song} song */
function tags(song) {
  const words = [song.small ? t("song.small") : "", song.complete ? "" : t("song.away"), half(song)];
  return words.filter(Boolean).map((word) => h("em", { class: "tag" }, word));
}

/** What is said of a song that ends too early; "" of a whole one. @param {Torn} song */
export function half(song) {
  if (!song.cut_off) return "";
  const heard = clock(song.duration_s);
  return song.promised_s ? t("song.half", { heard, promised: clock(song.promised_s) }) : t("song.torn", { heard });
}

/** @param {Song} song */
export function starButton(song) {
  const button = h(
    "button",
    {
      type: "button",
      class: "star bare",
      "aria-pressed": String(song.starred),
      "aria-label": t("star", { title: song.title }),
      on: { click: () => turn() },
    },
    icon("star"),
  );
  const turn = async () => {
    song.starred = !song.starred;
    button.setAttribute("aria-pressed", String(song.starred));
    await star("songs", song.id, song.starred).catch(complain);
  };
  return button;
}
