// SHA-256: by the browser where it has a secure context, else by the copy in this page.
import { sha256 as hasher } from "@noble/hashes/sha2.js";
import { hex } from "./bytes.js";

const STEP = 1 << 16;

/** Of all at once, in hex. @param {Uint8Array} bytes @param {() => Promise<void>} [breathe] */
export async function digestOf(bytes, breathe) {
  return hex(await sha256(bytes, breathe));
}

/** @param {Uint8Array} bytes @param {() => Promise<void>} [breathe] called now and then where it takes long */
export async function sha256(bytes, breathe) {
  const subtle = globalThis.crypto?.subtle;
  if (subtle) return new Uint8Array(await subtle.digest("SHA-256", /** @type {Uint8Array<ArrayBuffer>} */ (bytes)));
  const whole = new Whole();
  await whole.add(bytes, breathe);
  return whole.digest();
}

/** Of what comes piece by piece: browsers have no such digest. */
export class Whole {
  constructor() {
    this.hasher = hasher.create();
  }

  /** @param {Uint8Array} bytes @param {() => Promise<void>} [breathe] */
  async add(bytes, breathe) {
    for (let at = 0; at < bytes.length; at += STEP) {
      this.hasher.update(bytes.subarray(at, at + STEP));
      await breathe?.();
    }
  }

  digest() {
    return this.hasher.digest();
  }
}
