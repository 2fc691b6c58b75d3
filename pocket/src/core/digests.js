// SHA-256: by the browser where it has a secure context, else by the copy in this page.
import { hex } from "./bytes.js";
import { sha256 as hasher } from "./primitives.js";

const STEP = 1 << 16;
const MOST_TOGETHER = 32 << 20;

/** Of all at once, in hex. @param {Uint8Array} bytes @param {() => Promise<void>} [breathe] */
export async function digestOf(bytes, breathe) {
  return hex(await sha256(bytes, breathe));
}

/** @param {Uint8Array} bytes @param {() => Promise<void>} [breathe] called now and then where it takes long */
export async function sha256(bytes, breathe) {
  const subtle = globalThis.crypto?.subtle;
  if (subtle) return new Uint8Array(await subtle.digest("SHA-256", /** @type {Uint8Array<ArrayBuffer>} */ (bytes)));
  const whole = new Stepwise();
  await whole.add(bytes, breathe);
  return whole.digest();
}

/** Of what comes piece by piece: browsers have no such digest. */
class Stepwise {
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

  async digest() {
    return this.hasher.digest();
  }
}

/** Of what comes piece by piece and is short enough to wait for the end: then the browser does it, ten times as fast. */
class Together {
  /** @param {number} length */
  constructor(length) {
    this.whole = new Uint8Array(length);
    this.at = 0;
  }

  /** @param {Uint8Array} bytes */
  async add(bytes) {
    this.whole.set(bytes, this.at);
    this.at += bytes.length;
  }

  digest() {
    return sha256(this.whole.subarray(0, this.at));
  }
}

/** The digest of `length` bytes that come piece by piece. @param {number} length */
export const wholeDigest = (length) =>
  length <= MOST_TOGETHER && globalThis.crypto?.subtle ? new Together(length) : new Stepwise();
