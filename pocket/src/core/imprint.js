// A label's lasting name, as people tell it from another: a small picture, the same on every device.
import { bech32Decoded } from "./bech32.js";

/**
 * Squares of one colour on a ground, in a view box of -1 -1 9 9; each square is 1 by 1.
 * @param {string} imprint `mag1…` @returns {{ground: string, colour: string, cells: [number, number][]}}
 */
export function picture(imprint) {
  const { content: digest } = bech32Decoded(imprint);
  const bits = new DataView(digest.buffer, digest.byteOffset).getUint32(11); // 28 of 64, the last ones
  /** @type {[number, number][]} */
  const cells = [];
  for (let row = 0; row < 7; row += 1)
    for (let column = 0; column < 4; column += 1)
      if ((bits >>> (row * 4 + column)) & 1) for (const x of new Set([column, 6 - column])) cells.push([x, row]);
  return { ground: "#f4efe4", colour: colourOf(digest[6] / 256), cells };
}

const LIGHTNESS = 0.35;
const SATURATION = 0.55;

/** Source: HLS to RGB as in Foley and van Dam. @param {number} hue from 0 to 1 */
function colourOf(hue) {
  const high = LIGHTNESS * (1 + SATURATION);
  const low = 2 * LIGHTNESS - high;
  const parts = [hue + 1 / 3, hue, hue - 1 / 3].map((each) => share(low, high, ((each % 1) + 1) % 1));
  return `#${parts
    .map((each) =>
      Math.trunc(each * 255)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

/** @param {number} low @param {number} high @param {number} hue */
function share(low, high, hue) {
  if (hue < 1 / 6) return low + (high - low) * hue * 6;
  if (hue < 1 / 2) return high;
  return hue < 2 / 3 ? low + (high - low) * (2 / 3 - hue) * 6 : low;
}
