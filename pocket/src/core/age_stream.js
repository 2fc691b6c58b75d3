// The payload of an age file: chunks of 64 KiB sealed with ChaCha20-Poly1305. Source: age v1 specification, "Payload".
import { overwrite } from "./bytes.js";
import { chacha20poly1305, derived } from "./primitives.js";
import { damaged } from "./trouble.js";

/** @typedef {import("../types.js").ReadAt} ReadAt */
/** Called after each chunk; what it gives is waited for. @typedef {() => Promise<void> | void} Pause */

/** Plaintext bytes of every chunk but the last. */
export const CHUNK = 65536;
const TAG = 16;
const NONCE = 16;
const SEALED_CHUNK = CHUNK + TAG;
const RUN = 17; // chunks that are read at once: those of a piece, which seldom begins with one

/**
 * Bytes of plaintext in a payload of so many, its nonce among them.
 * Throws: DamagedError if no plaintext has that payload length.
 * @param {number} sealedLength
 */
export function plainLength(sealedLength) {
  const rest = sealedLength - NONCE;
  const last = rest % SEALED_CHUNK;
  const full = (rest - last) / SEALED_CHUNK;
  if (rest < TAG || (last > 0 && last < TAG) || (last === TAG && full > 0)) {
    throw damaged();
  }
  return rest - TAG * (full + (last > 0 ? 1 : 0));
}

/**
 * The plaintext of a source, whose last chunk is verified first: one that was cut off never opens.
 * Throws: DamagedError.
 * @param {ReadAt} source the whole file
 * @param {number} headerLength bytes
 * @param {Uint8Array} fileKey is not kept
 * @param {Pause} [pause]
 */
export async function openStream(source, headerLength, fileKey, pause) {
  const length = plainLength(source.length - headerLength);
  const nonce = await source.readAt(headerLength, NONCE);
  if (nonce.length !== NONCE) throw damaged();
  const key = derived(fileKey, nonce, "payload");
  const stream = new Stream(source, headerLength + NONCE, length, key, pause);
  try {
    await stream.keepLast();
  } catch (error) {
    stream.forget();
    throw error;
  }
  return stream;
}

/** Keeps one chunk in the clear, for small reads that follow each other. @implements {ReadAt} */
export class Stream {
  /** @type {{ number: number, plain: Uint8Array }} */
  #kept = { number: -1, plain: new Uint8Array() };
  #room = new Uint8Array(CHUNK);
  #source;
  #start;
  #length;
  #key;
  #pause;
  #last;

  /** @param {ReadAt} source @param {number} start of the first chunk @param {number} length @param {Uint8Array} key @param {Pause} [pause] */
  constructor(source, start, length, key, pause = () => {}) {
    this.#source = source;
    this.#start = start;
    this.#length = length;
    this.#key = key;
    this.#pause = pause;
    this.#last = Math.max(0, Math.ceil(length / CHUNK) - 1);
  }

  /** Plaintext bytes in all. */
  get length() {
    return this.#length;
  }

  async keepLast() {
    this.#keep(this.#last, await this.#sealed(this.#last, 1));
  }

  /**
   * A slice of the plaintext, cut off at its end. Throws: DamagedError if it does not verify.
   * @param {number} offset @param {number} length
   */
  async readAt(offset, length) {
    const end = Math.min(offset + length, this.#length);
    if (offset < 0 || end <= offset) return new Uint8Array();
    const out = new Uint8Array(end - offset);
    const [first, final] = [Math.floor(offset / CHUNK), Math.floor((end - 1) / CHUNK)];
    for (let run = first; run <= final; run += RUN)
      await this.#readRun(run, Math.min(final, run + RUN - 1), offset, out);
    return out;
  }

  /** Overwrites what is secret; nothing can be read any more. */
  forget() {
    overwrite(this.#key, this.#room, this.#kept.plain);
    this.#kept = { number: -1, plain: new Uint8Array() };
    this.#length = 0;
  }

  /** Chunks `first` to `final`, into `out`, which begins at `offset`. @param {number} first @param {number} final @param {number} offset @param {Uint8Array} out */
  async #readRun(first, final, offset, out) {
    const here = first === final && this.#kept.number === first;
    const sealed = here ? new Uint8Array() : await this.#sealed(first, final - first + 1);
    for (let number = first; number <= final; number += 1) {
      const at = (number - first) * SEALED_CHUNK;
      const plain = this.#chunk(number, sealed.subarray(at, at + SEALED_CHUNK), offset, out.length);
      const low = number * CHUNK - offset;
      out.set(plain.subarray(Math.max(0, -low), out.length - low), Math.max(0, low));
      const pause = here ? undefined : this.#pause();
      if (pause) await pause;
    }
  }

  /** A chunk in the clear: kept where only a part of it is wanted, for the next read may want the rest. @param {number} number @param {Uint8Array} sealed @param {number} offset @param {number} length */
  #chunk(number, sealed, offset, length) {
    if (this.#kept.number === number) return this.#kept.plain;
    const whole = offset <= number * CHUNK && offset + length >= Math.min((number + 1) * CHUNK, this.#length);
    return whole ? this.#unsealed(number, sealed, this.#room) : this.#keep(number, sealed);
  }

  /** @param {number} number @param {Uint8Array} sealed */
  #keep(number, sealed) {
    const plain = this.#unsealed(number, sealed, new Uint8Array(CHUNK));
    this.#kept = { number, plain };
    return plain;
  }

  /** @param {number} number @param {Uint8Array} sealed @param {Uint8Array} room */
  #unsealed(number, sealed, room) {
    const plain = room.subarray(0, Math.max(0, sealed.length - TAG));
    try {
      return chacha20poly1305(this.#key, chunkNonce(number, number === this.#last)).decrypt(sealed, plain);
    } catch (error) {
      throw damaged("trouble.damaged", error);
    }
  }

  /** @param {number} first @param {number} count */
  async #sealed(first, count) {
    const offset = first * SEALED_CHUNK;
    const whole = this.#length + TAG * (this.#last + 1);
    const length = Math.min(count * SEALED_CHUNK, whole - offset);
    const sealed = await this.#source.readAt(this.#start + offset, length);
    if (sealed.length !== length) throw damaged();
    return sealed;
  }
}

/** Eleven bytes of the chunk's number, and one that is 1 for the last chunk. @param {number} number @param {boolean} last */
function chunkNonce(number, last) {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, number);
  nonce[11] = last ? 1 : 0;
  return nonce;
}
