// The cassette that is in the machine: its label typed, its reels where the tape is.
import { byline } from "../i18n.js";
import { player } from "../player.js";
import { listen } from "../store.js";
import { h, svg } from "./dom.js";
import { reels } from "./reels.js";

/** @param {AbortSignal} signal */
export function cassette(signal) {
  const [title, line, side] = [h("b", { dir: "auto" }), h("span", { dir: "auto" }), h("i", {})];
  const tape = reels();
  const body = h(
    "div",
    { class: "cassette", "aria-hidden": "true" },
    h("div", { class: "sticker" }, side, h("div", {}, title, line)),
    h("div", { class: "window" }, tape.picture),
    foot(),
  );
  const update = () => {
    const song = player.song;
    if (!song) return;
    title.textContent = song.title;
    line.textContent = `${byline(song.artist)} — ${song.album}`;
    side.textContent = "ABCDEFGH"[song.disc - 1] ?? "A";
    tape.wind(player.duration ? player.position / player.duration : 0, player.playing && !player.waiting);
  };
  listen("player", update, signal);
  update();
  return body;
}

function foot() {
  const holes = [30, 62, 138, 170].map((x, at) =>
    svg("circle", { cx: x, cy: at % 3 ? 15 : 11, r: at % 3 ? 3.4 : 4.6 }),
  );
  return svg("svg", { viewBox: "0 0 200 24", class: "foot" }, svg("path", { d: "M24 24L30 3H170L176 24Z" }), holes);
}
