// Two reels: how full each is says how far the tape has run.
import { svg } from "./dom.js";

const HUB = 7;
const FULL = 17;

/** @param {number} share */
const packed = (share) => Math.sqrt(HUB ** 2 + (FULL ** 2 - HUB ** 2) * share).toFixed(1); // tape lies in rings: area, not radius

/** The picture; `wind(share, turning)` moves its tape. */
export function reels({ turning = false, torn = false } = {}) {
  const spools = [20, 64].map((x) => spool(x));
  const tape = svg("path", { class: torn ? "tape torn" : "tape", d: torn ? "M6 40L34 44M50 43L78 40" : "M6 41H78" });
  const picture = svg(
    "svg",
    { viewBox: "0 0 84 46", class: "reels", "aria-hidden": "true" },
    tape,
    spools.map((one) => one.node),
  );
  const wind = (/** @type {number} */ share, /** @type {boolean} */ turns) => {
    spools[0].wind(1 - share);
    spools[1].wind(share);
    picture.classList.toggle("turning", turns);
  };
  wind(torn ? 0.5 : 0.3, turning);
  return { picture, wind };
}

/** @param {number} x */
function spool(x) {
  const tape = svg("circle", { cx: x, cy: 20, r: HUB, class: "wound" });
  const spokes = [0, 60, 120].map((turn) =>
    svg("rect", { x: x - 1.2, y: 14, width: 2.4, height: 12, transform: `rotate(${turn} ${x} 20)` }),
  );
  const hub = svg("g", { class: "hub" }, svg("circle", { cx: x, cy: 20, r: HUB }), spokes);
  const node = svg("g", {}, svg("circle", { cx: x, cy: 20, r: 19, class: "rim" }), tape, hub);
  return { node, wind: (/** @type {number} */ share) => tape.setAttribute("r", packed(share)) };
}
