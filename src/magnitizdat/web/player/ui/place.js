// Where the keyboard is, and whoever listens to the page: what is drawn anew does not lose them.
import { part } from "./dom.js";

/** Go to the heading of `box`, if what one was at is gone from the page. */
export function regain(box = part("main")) {
  if (document.activeElement && document.activeElement !== document.body) return;
  const heading = /** @type {HTMLElement | null} */ (box.querySelector("h1, h2, .what"));
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}

/** @param {Element} line @returns {HTMLElement[]} */
const stops = (line) => [...line.querySelectorAll(/** @type {"a"} */ ("a, button, summary"))];

/** @type {WeakMap<Element, Song>} */
const entries = new WeakMap(); // line -> the entry of a list that it stands for: the same song may be in it twice

/** @template {Element} Kind @param {Kind} line @param {Song} song */
export function standsFor(line, song) {
  entries.set(line, song);
  return line;
}

/** @param {Element} box @returns {HTMLElement[]} the lines of songs */
const songs = (box) => [...box.querySelectorAll(/** @type {"li"} */ ("[data-song]"))];

/** Run `draw`, which draws the songs of `box` anew: who was in a song's line is in that line again, wherever it went. @param {HTMLElement} box @param {() => void} draw */
export function inPlace(box, draw) {
  const before = songs(box);
  const row = before.findIndex((line) => line.contains(document.activeElement));
  if (row < 0) return draw();
  const column = stops(before[row]).findIndex((one) => one === document.activeElement);
  draw();
  const lines = songs(box);
  const now =
    lines.find((one) => entries.has(one) && entries.get(one) === entries.get(before[row])) ??
    lines.find((one) => one.dataset.song === before[row].dataset.song) ??
    lines[Math.min(row, lines.length - 1)];
  const all = now ? stops(now) : [];
  const open = all.find((one, index) => index >= column && !one.hasAttribute("disabled"));
  (open ?? all[0])?.focus({ preventScroll: true });
  return regain();
}
