// Bech32, as age and imprints use it: without the limit of 90 characters. Source: BIP-173.
import { damaged } from "./trouble.js";

const CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const CHECKSUM_LENGTH = 6;

/** @param {readonly number[]} values of five bits each */
function polymod(values) {
  let checksum = 1;
  for (const value of values) {
    const top = checksum >>> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    for (let bit = 0; bit < 5; bit += 1) checksum ^= (top >>> bit) & 1 ? GENERATOR[bit] : 0;
  }
  return checksum;
}

/** @param {string} prefix */
function expanded(prefix) {
  const codes = Array.from(prefix, (letter) => letter.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

/** Groups of `target` bits, and what is left over. @param {Iterable<number>} values @param {number} source @param {number} target */
function regrouped(values, source, target) {
  let rest = 0;
  let bits = 0;
  const groups = [];
  for (const value of values) {
    rest = (rest << source) | value;
    bits += source;
    while (bits >= target) {
      bits -= target;
      groups.push((rest >> bits) & ((1 << target) - 1));
    }
    rest &= (1 << bits) - 1;
  }
  return { groups, rest, bits };
}

/** Lower-case bech32. @param {string} prefix @param {Uint8Array} content */
export function bech32Encoded(prefix, content) {
  const { groups, rest, bits } = regrouped(content, 8, 5);
  if (bits) groups.push(rest << (5 - bits));
  const checksum = polymod([...expanded(prefix), ...groups, 0, 0, 0, 0, 0, 0]) ^ 1;
  for (let place = 5; place >= 0; place -= 1) groups.push((checksum >> (5 * place)) & 31);
  return `${prefix}1${groups.map((group) => CHARSET[group]).join("")}`;
}

/**
 * Its prefix in lower case, and its content.
 * Throws: DamagedError for mixed case, a wrong checksum or padding.
 * @param {string} text
 */
export function bech32Decoded(text) {
  const lower = text.toLowerCase();
  const one = lower.lastIndexOf("1");
  const [prefix, rest] = [lower.slice(0, Math.max(0, one)), lower.slice(one + 1)];
  const groups = Array.from(rest, (letter) => CHARSET.indexOf(letter));
  const written = text === lower || text === text.toUpperCase();
  const sound = /^[\x21-\x7e]+$/.test(text) && written && prefix && rest.length >= CHECKSUM_LENGTH;
  if (!sound || groups.includes(-1) || polymod([...expanded(prefix), ...groups]) !== 1) throw mistyped();
  const { groups: octets, rest: left, bits } = regrouped(groups.slice(0, -CHECKSUM_LENGTH), 5, 8);
  if (bits >= 5 || left) throw mistyped();
  return { prefix, content: Uint8Array.from(octets) };
}

const mistyped = () => damaged("trouble.mistyped");
