// All that is taken from the libraries: whoever needs one of these takes it from here.
import { edwards } from "@noble/curves/abstract/edwards.js";
import { pow } from "@noble/curves/abstract/modular.js";
import { montgomery } from "@noble/curves/abstract/montgomery.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { encoded, joined, overwrite } from "./bytes.js";

export { chacha20poly1305 } from "@noble/ciphers/chacha.js";
export { scryptAsync } from "@noble/hashes/scrypt.js";
export { sha512 } from "@noble/hashes/sha2.js";
export { hmac, sha256 };

const PRIME = 2n ** 255n - 19n;

/**
 * Points of edwards25519. The library's `ed25519` is made of the same, and brings signing, keys and tables along, a tenth
 * of all that is taken from libraries. Source: RFC 8032, 5.1.
 */
export const Point = edwards({
  p: PRIME,
  n: 2n ** 252n + 27742317777372353535851937790883648493n,
  h: 8n,
  a: PRIME - 1n,
  d: 37095705934669439343138083508754565189542113879843219016388785533085940283555n,
  Gx: 15112221349535400772501151409588531511454012693041857206046113283949847762202n,
  Gy: 46316835694926478169428394003475163141307993866256225615783033603165251855960n,
});

/** Agreement on a secret. Source: RFC 7748, 5. */
export const x25519 = montgomery({
  P: PRIME,
  type: "x25519",
  powPminus2: (x) => pow(x, PRIME - 2n, PRIME),
  adjustScalarBytes: clamped,
});

/** @param {Uint8Array} scalar 32 bytes, changed in place */
function clamped(scalar) {
  scalar[0] &= 248;
  scalar[31] = (scalar[31] & 127) | 64;
  return scalar;
}

/**
 * 32 bytes of HKDF-SHA-256: of one block, which is all that age asks for. Source: RFC 5869, 2.2 and 2.3.
 * @param {Uint8Array} secret @param {Uint8Array} salt @param {string} info
 */
export function derived(secret, salt, info) {
  const extracted = hmac(sha256, salt, secret);
  const found = hmac(sha256, extracted, joined([encoded(info), Uint8Array.of(1)]));
  overwrite(extracted);
  return found;
}
