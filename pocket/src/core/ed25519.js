// Whether an Ed25519 key made a signature: the same answer as OpenSSL gives, which the big program asks.
import { joined, same } from "./bytes.js";
import { BASE, ORDER, bytesOfPoint, combined, minus, number, pointOf } from "./edwards.js";
import { sha512 } from "./primitives.js";

const [KEY_LENGTH, SIGNATURE_LENGTH] = [32, 64];

/**
 * RFC 8032, 5.1.7, without multiplying by eight. The library's own answers differ from OpenSSL's for keys of small order,
 * for coordinates that are written above the prime, and for points with a part of small order: whoever has such a key
 * could sign what one reader takes and the other does not.
 * @param {Uint8Array} key @param {Uint8Array} message @param {Uint8Array} signature
 */
export function verifies(key, message, signature) {
  if (key.length !== KEY_LENGTH || signature.length !== SIGNATURE_LENGTH) return false;
  const [r, s] = [signature.subarray(0, KEY_LENGTH), number(signature.subarray(KEY_LENGTH))];
  const point = s < ORDER ? pointOf(key) : null;
  if (!point) return false;
  const k = number(sha512(joined([r, key, message]))) % ORDER;
  return same(bytesOfPoint(combined(s, BASE, k, minus(point))), r);
}
