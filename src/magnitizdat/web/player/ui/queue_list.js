// What comes next, to be put in order: dragged, moved by keys, several taken out, kept as a playlist.
import { stretch } from "../chosen.js";
import { byline, clock, t } from "../i18n.js";
import { player } from "../player.js";
import { listen } from "../store.js";
import { h } from "./dom.js";
import { handle } from "./dragging.js";
import { button } from "./form.js";
import { addToPlaylist } from "./menu.js";
import { moves } from "./moves.js";
import { inPlace, standsFor } from "./place.js";

const AROUND = 2; // songs that stand before the one that plays
const MORE = 200; // lines that are shown at once

/** @param {AbortSignal} signal */
export function queueList(signal) {
  const list = h("ol", { class: "tracks full queued" });
  const [earlier, later] = [h("p", {}), h("p", {})];
  /** @type {Set<Song>} */
  const out = new Set(); // entries that are ticked, to be taken out
  /** @type {Song | null} */
  let last = null; // ticked last: from there Shift reaches
  const ticked = (/** @type {Song} */ song, /** @type {boolean} */ on, /** @type {boolean} */ shift) => {
    const at = player.songs.indexOf(song);
    const before = shift && last ? player.songs.indexOf(last) : -1;
    const { from, to } = stretch(before < 0 ? at : before, at);
    for (const each of player.songs.slice(from, to)) {
      if (on && each !== player.song) out.add(each);
      else out.delete(each);
      const box = boxes.get(each);
      if (box) box.checked = out.has(each);
    }
    last = song;
    keys();
  };
  let [first, length] = [0, MORE];
  const here = () => {
    first = Math.max(0, player.index - AROUND);
  };
  const draw = () => {
    const end = Math.min(player.songs.length, first + length);
    const lines = player.songs.slice(first, end).map((song, at) => line(song, first + at, first, out, ticked));
    inPlace(list, () => list.replaceChildren(...lines));
    earlier.replaceChildren(...(first ? [more(t("queue.earlier", { n: first }), () => (first = 0))] : []));
    const left = player.songs.length - end;
    later.replaceChildren(...(left ? [more(t("queue.later", { n: left }), () => (length += MORE))] : []));
    keys();
  };
  const more = (/** @type {string} */ words, /** @type {() => void} */ act) =>
    button(words, () => (act(), draw()), { class: "small" });
  const takeOut = button("", () => (player.takeAll(out), out.clear(), draw()), { class: "small" });
  const keys = () => {
    for (const song of out) if (!player.songs.includes(song)) out.delete(song);
    takeOut.hidden = !out.size;
    takeOut.textContent = t("queue.out", { n: out.size });
  };
  let playing = player.song;
  listen(
    "queue",
    () => {
      if (player.song !== playing) here();
      playing = player.song;
      draw();
    },
    signal,
  );
  here();
  draw();
  return h(
    "section",
    { class: "queue" },
    h("div", { class: "bar" }, h("h2", {}, t("queue")), h("span", { class: "actions" }, takeOut, ...verbs())),
    earlier,
    list,
    later,
  );
}

const verbs = () => [
  button(t("queue.keep"), () => addToPlaylist(player.songs.map((song) => song.id)), { class: "small" }),
  button(t("queue.clear"), () => player.clear(), { class: "small" }),
];

/** @type {WeakMap<Song, HTMLInputElement>} */
const boxes = new WeakMap(); // entry -> its tick

/** @typedef {(song: Song, on: boolean, shift: boolean) => void} Ticked */

/** @param {Song} song @param {number} at @param {number} first @param {Set<Song>} out @param {Ticked} ticked */
function line(song, at, first, out, ticked) {
  const on = at === player.index;
  const node = h(
    "li",
    { class: on ? "on sounds" : "", data: { song: song.id } },
    handle(at, first, (to) => player.move(at, to)),
    on ? h("span", { class: "pick-out" }) : pick(song, out, ticked),
    h(
      "button",
      { type: "button", class: "title", "aria-current": on ? "true" : null, on: { click: () => player.jump(at) } },
      h("i", { "aria-hidden": "true" }, String(at + 1)),
      h("span", { dir: "auto" }, song.title),
    ),
    h("span", { class: "from", dir: "auto" }, byline(song.artist)),
    h("time", {}, clock(song.duration_s)),
    moves(song, at, player.songs.length, (to) => (to === null ? player.take(at) : player.move(at, to))),
  );
  return standsFor(node, song);
}

/** @param {Song} song @param {Set<Song>} out @param {Ticked} ticked */
function pick(song, out, ticked) {
  /** @type {HTMLInputElement} */
  const box = h("input", {
    type: "checkbox",
    checked: out.has(song),
    "aria-label": t("queue.pick", { title: song.title }),
    on: {
      click: (event) => ticked(song, box.checked, event.shiftKey),
    },
  });
  boxes.set(song, box);
  return h("label", { class: "pick-out" }, box);
}
