// What people compare an imprint by: four words to say aloud, and a small picture. Both as the big program makes them.
import { bech32Decoded, bech32Encoded } from "./bech32.js";
import { damaged } from "./trouble.js";
import { wordList } from "./word_list.js";

const [PREFIX, DIGEST_LENGTH] = ["mag", 32];
const [ROWS, COLUMNS] = [7, 4];
const [LIGHTNESS, SATURATION] = [0.35, 0.55];
/** The ground that the picture is drawn on. */
const GROUND = "#f4efe4";

/** @typedef {{ ground: string, colour: string, cells: readonly (readonly [number, number])[] }} Picture — cells of one by one in a view box of -1 -1 9 9 */

/** @param {Uint8Array} digest SHA-256 of the canonical `signed` of a label's first root */
export const imprintOf = (digest) => bech32Encoded(PREFIX, digest);

/** Throws: DamagedError where it is mistyped. @param {string} imprint */
function digestOf(imprint) {
  const { prefix, content } = bech32Decoded(imprint);
  if (prefix !== PREFIX || content.length !== DIGEST_LENGTH) throw damaged();
  return content;
}

/** Its first 44 bits as four words; throws DamagedError where it is mistyped. @param {string} imprint @returns {string[]} */
export function fourWords(imprint) {
  const digest = digestOf(imprint);
  let number = 0n;
  for (const byte of digest.subarray(0, 6)) number = (number << 8n) | BigInt(byte);
  return [3n, 2n, 1n, 0n].map((place) => wordList[Number((number >> (4n + 11n * place)) & 2047n)]);
}

/** A symmetric pattern in one colour; throws DamagedError where the imprint is mistyped. @param {string} imprint @returns {Picture} */
export function picture(imprint) {
  const digest = digestOf(imprint);
  let bits = 0n;
  for (const byte of digest.subarray(7, 15)) bits = (bits << 8n) | BigInt(byte);
  /** @type {[number, number][]} */
  const cells = [];
  for (let row = 0; row < ROWS; row += 1) {
    for (let column = 0; column < COLUMNS; column += 1) {
      if (!((bits >> BigInt(row * COLUMNS + column)) & 1n)) continue;
      cells.push([column, row]);
      if (column !== 6 - column) cells.push([6 - column, row]);
    }
  }
  return { ground: GROUND, colour: colourOf(digest[6] / 256), cells };
}

/** @param {number} hue from 0 to 1 */
function colourOf(hue) {
  const high = LIGHTNESS * (1 + SATURATION);
  const low = 2 * LIGHTNESS - high;
  const channels = [hue + 1 / 3, hue, hue - 1 / 3].map((each) => channel(low, high, each - Math.floor(each)));
  return `#${channels
    .map((each) =>
      Math.floor(each * 255)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

/** Source: Python's colorsys, so that each colour is the same to the last digit. @param {number} low @param {number} high @param {number} hue */
function channel(low, high, hue) {
  if (hue < 1 / 6) return low + (high - low) * hue * 6;
  if (hue < 0.5) return high;
  return hue < 2 / 3 ? low + (high - low) * (2 / 3 - hue) * 6 : low;
}
