// Points of edwards25519, of public keys and signatures alone: nothing in here is a secret, so steps may depend on it.
// The formulas hold for each two points, those of small order among them. Source: RFC 8032, 5.1.3 and 5.1.4.
import { pow } from "@noble/curves/abstract/modular.js";

/** @typedef {readonly [x: bigint, y: bigint, z: bigint, t: bigint]} Point x/z and y/z are the coordinates, t/z their product; each may lie below zero */

export const PRIME = 2n ** 255n - 19n;
export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const CURVE = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
const ROOT = pow(2n, (PRIME - 1n) / 4n, PRIME); // of minus one
const LENGTH = 32;

/** @type {Point} */
const ZERO = [0n, 1n, 1n, 0n];
const X = 15112221349535400772501151409588531511454012693041857206046113283949847762202n;
const Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960n;
/** @type {Point} */
export const BASE = [X, Y, 1n, (X * Y) % PRIME];

/** @param {bigint} e @param {bigint} f @param {bigint} g @param {bigint} h @returns {Point} */
const found = (e, f, g, h) => [(e * f) % PRIME, (g * h) % PRIME, (f * g) % PRIME, (e * h) % PRIME];

/** @param {Point} one @param {Point} other */
export function plus([x, y, z, t], [u, v, w, s]) {
  const [a, b] = [(y - x) * (v - u), (y + x) * (v + u)];
  const [c, d] = [((2n * CURVE * t) % PRIME) * s, 2n * z * w];
  return found((b - a) % PRIME, (d - c) % PRIME, (d + c) % PRIME, (b + a) % PRIME);
}

/** @param {Point} point */
function twice([x, y, z]) {
  const [a, b] = [x * x, y * y];
  const [g, h] = [(a - b) % PRIME, (a + b) % PRIME];
  return found((h - (x + y) ** 2n) % PRIME, (2n * z * z + g) % PRIME, g, h);
}

/** @param {Point} point @returns {Point} */
export const minus = ([x, y, z, t]) => [-x, y, z, -t];

/** The sum of two points, each as often as is said. @param {bigint} a @param {Point} one @param {bigint} b @param {Point} other */
export function combined(a, one, b, other) {
  const both = plus(one, other);
  let sum = ZERO;
  for (let at = BigInt(8 * LENGTH - 1); at >= 0n; at -= 1n) {
    sum = twice(sum);
    const [takesOne, takesOther] = [(a >> at) & 1n, (b >> at) & 1n];
    if (takesOne || takesOther) sum = plus(sum, takesOne ? (takesOther ? both : one) : other);
  }
  return sum;
}

/** The point that 32 bytes name, its y also where it is written above the prime; null where none has that y. @param {Uint8Array} bytes @returns {Point | null} */
export function pointOf(bytes) {
  const written = number(bytes);
  const y = (written & (2n ** 255n - 1n)) % PRIME;
  const [u, v] = [y * y - 1n, (CURVE * y * y + 1n) % PRIME];
  const x = rooted((u * pow(v, PRIME - 2n, PRIME)) % PRIME);
  if (x === null) return null;
  const signed = (x & 1n) === written >> 255n ? x : -x;
  return [signed, y, 1n, (signed * y) % PRIME];
}

/** @param {bigint} square */
function rooted(square) {
  const x = pow(square, (PRIME + 3n) / 8n, PRIME);
  return [x, (x * ROOT) % PRIME].find((each) => (each * each - square) % PRIME === 0n) ?? null;
}

/** @param {Point} point */
export function bytesOfPoint([x, y, z]) {
  const inverse = pow(z, PRIME - 2n, PRIME);
  const [shownX, shownY] = [x, y].map((each) => (((each * inverse) % PRIME) + PRIME) % PRIME);
  const written = shownY | ((shownX & 1n) << 255n);
  return Uint8Array.from({ length: LENGTH }, (_, at) => Number((written >> BigInt(8 * at)) & 0xffn));
}

/** The lowest byte is the first. @param {Uint8Array} bytes */
export function number(bytes) {
  let sum = 0n;
  for (let at = bytes.length - 1; at >= 0; at -= 1) sum = (sum << 8n) | BigInt(bytes[at]);
  return sum;
}
