// Whether an Ed25519 key made a signature: the same answer as OpenSSL gives, which the big program asks.
import { joined, same } from "./bytes.js";
import { Point, sha512 } from "./primitives.js";

const ORDER = Point.Fn.ORDER;
const PRIME = Point.Fp.ORDER;
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
  const found = Point.BASE.multiplyUnsafe(s).add(point.negate().multiplyUnsafe(k));
  return same(found.toBytes(), r);
}

/** @param {Uint8Array} key */
function pointOf(key) {
  try {
    return Point.fromBytes(belowPrime(key), true);
  } catch {
    return null; // on no point of the curve
  }
}

/** A coordinate above the prime is the same one as without the prime. @param {Uint8Array} key */
function belowPrime(key) {
  const bytes = Uint8Array.from(key);
  const sign = bytes[KEY_LENGTH - 1] & 0x80;
  bytes[KEY_LENGTH - 1] &= 0x7f;
  const y = number(bytes) % PRIME;
  const reduced = Uint8Array.from(bytes, (_, at) => Number((y >> BigInt(8 * at)) & 0xffn));
  reduced[KEY_LENGTH - 1] |= sign;
  return reduced;
}

/** The lowest byte is the first. @param {Uint8Array} bytes */
function number(bytes) {
  let found = 0n;
  for (let at = bytes.length - 1; at >= 0; at -= 1) found = (found << 8n) | BigInt(bytes[at]);
  return found;
}
