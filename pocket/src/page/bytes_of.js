// Whole files out of the engine: as bytes where they are short, as a Blob where the browser shall hold them.
import { Trouble } from "../core/trouble.js";

/** @typedef {import("../types.js").Engine} Engine */
/** @typedef {import("../types.js").SignedFile} SignedFile */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const TOGETHER = 16 << 20; // bytes that wait in the page before the browser takes them

/** Bytes of a file. @param {Engine} engine @param {SignedFile} file @param {number} most @param {AbortSignal} [signal] */
export async function bytesOf(engine, file, most, signal) {
  if (file.length > most) throw new Trouble("OverBudgetError", { key: "text.unread" });
  const whole = new Uint8Array(file.length);
  let at = 0;
  await engine.read(
    file,
    (chunk) => {
      whole.set(chunk, at);
      at += chunk.length;
    },
    undefined,
    signal,
  );
  return whole;
}

/** Takes bytes one after the other, and becomes a Blob of them all. */
export class Pile {
  /** @type {(Blob | Bytes)[]} */
  #parts = [];
  /** @type {Bytes[]} */
  #waiting = [];
  #length = 0;

  /** @param {Bytes} bytes */
  write = (bytes) => {
    this.#waiting.push(bytes);
    this.#length += bytes.length;
    if (this.#length >= TOGETHER) this.#settle();
  };

  /** Bytes that are said later. @param {Bytes} bytes */
  hold = (bytes) => {
    this.#settle();
    this.#parts.push(bytes);
    return (/** @type {Bytes} */ final) => bytes.set(final);
  };

  #settle() {
    if (this.#waiting.length) this.#parts.push(new Blob(this.#waiting));
    this.#waiting = [];
    this.#length = 0;
  }

  /** @param {string} type */
  blob(type) {
    this.#settle();
    return new Blob(this.#parts, { type });
  }
}

/**
 * A file as a Blob of the type that its label signed.
 * @param {Engine} engine @param {SignedFile} file @param {(share: number) => void} going @param {AbortSignal} signal
 */
export async function blobOf(engine, file, going, signal) {
  const pile = new Pile();
  let done = 0;
  await engine.read(
    file,
    (chunk) => {
      pile.write(/** @type {Bytes} */ (chunk));
      done += chunk.length;
      going(file.length ? done / file.length : 1);
    },
    undefined,
    signal,
  );
  return pile.blob(file.mediaType);
}
