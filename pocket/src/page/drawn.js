// Small pictures, drawn by the page itself.
import { picture } from "../core/imprint.js";
import { svg } from "./dom.js";

const PATHS = {
  play: "M6 4l14 8-14 8z",
  pause: "M6 4h4v16H6zM14 4h4v16h-4z",
  next: "M4 5l9 7-9 7zM13 5l7 7-7 7z",
  back: "M20 5l-9 7 9 7zM11 5l-7 7 7 7z",
  save: "M11 3h2v9l3.500-3.500L18 10l-6 6-6-6 1.500-1.500L11 12zM4 18h16v2H4z",
  words: "M4 4h16v12H10l-5 4v-4H4zM7 8v1.600h10V8zM7 11v1.600h7V11z",
};
const HUB = 7;
const FULL = 17;

/** Says nothing by itself: whoever uses it names the button. @param {keyof typeof PATHS} name */
export const icon = (name) =>
  svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { d: PATHS[name] }));

/** The picture of a label: the same on every device. @param {string} imprint */
export function labelPicture(imprint) {
  const { ground, colour, cells } = picture(imprint);
  return svg(
    "svg",
    { viewBox: "-1 -1 9 9", class: "imprint", "aria-hidden": "true", "shape-rendering": "crispEdges" },
    svg("rect", { x: -1, y: -1, width: 9, height: 9, fill: ground }),
    cells.map(([x, y]) => svg("rect", { x, y, width: 1, height: 1, fill: colour })),
  );
}

/** Two reels; `wind(share, turning)` moves their tape. */
export function reels() {
  const spools = [20, 64].map((x) => spool(x));
  const drawn = svg(
    "svg",
    { viewBox: "0 0 84 46", class: "reels", "aria-hidden": "true" },
    svg("path", { class: "tape", d: "M6 41H78" }),
    spools.map(({ node }) => node),
  );
  const wind = (/** @type {number} */ share, /** @type {boolean} */ turns) => {
    spools[0].wound.setAttribute("r", radius(1 - share));
    spools[1].wound.setAttribute("r", radius(share));
    drawn.classList.toggle("turning", turns);
  };
  wind(0.3, false);
  return { picture: drawn, wind };
}

/** Tape lies in rings: its area grows, not its radius. @param {number} share */
const radius = (share) => Math.sqrt(HUB ** 2 + (FULL ** 2 - HUB ** 2) * share).toFixed(1);

/** @param {number} x */
function spool(x) {
  const wound = svg("circle", { cx: x, cy: 20, r: HUB, class: "wound" });
  const spokes = [0, 60, 120].map((turn) =>
    svg("rect", { x: x - 1.2, y: 14, width: 2.4, height: 12, transform: `rotate(${turn} ${x} 20)` }),
  );
  const hub = svg("g", { class: "hub" }, svg("circle", { cx: x, cy: 20, r: HUB }), spokes);
  const node = svg("g", {}, svg("circle", { cx: x, cy: 20, r: 19, class: "rim" }), wound, hub);
  return { node, wound };
}
