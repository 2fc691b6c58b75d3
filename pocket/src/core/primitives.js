// All that is taken from the libraries: whoever needs one of these takes it from here.
import { pow } from "@noble/curves/abstract/modular.js";
import { montgomery } from "@noble/curves/abstract/montgomery.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { encoded, joined, overwrite } from "./bytes.js";
import { PRIME } from "./edwards.js";

export { chacha20poly1305 } from "@noble/ciphers/chacha.js";
export { scryptAsync } from "@noble/hashes/scrypt.js";
export { sha512 } from "@noble/hashes/sha2.js";
export { hmac, sha256 };

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
