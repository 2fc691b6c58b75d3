// Bytes: put together, compared, written as hex and base64, and read by where they lie.
import { damaged } from "./trouble.js";

/** @typedef {import("../types.js").ReadAt} ReadAt */

const utf8 = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @param {string} text @returns {Uint8Array} */
export const encoded = (text) => utf8.encode(text);

/** UTF-8 as text, a byte order mark and all. Throws: TypeError where it is none. @param {Uint8Array} bytes */
export const decoded = (bytes) => strict.decode(bytes);

/** A text whose letters are all ASCII; null for any other. @param {Uint8Array} bytes */
export function ascii(bytes) {
  let text = "";
  for (const byte of bytes) {
    if (byte > 0x7f) return null;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** @param {readonly Uint8Array[]} parts @returns {Uint8Array<ArrayBuffer>} */
export function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Whether two rows of bytes are the same, in a time that says nothing but their lengths. @param {Uint8Array} one @param {Uint8Array} other */
export function same(one, other) {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let at = 0; at < one.length; at += 1) difference |= one[at] ^ other[at];
  return difference === 0;
}

/** Where `wanted` begins in `bytes`, from `from` on; -1 where it does not. @param {Uint8Array} bytes @param {Uint8Array} wanted */
export function indexOf(bytes, wanted, from = 0) {
  for (let at = bytes.indexOf(wanted[0], from); at >= 0; at = bytes.indexOf(wanted[0], at + 1)) {
    if (wanted.every((byte, place) => bytes[at + place] === byte)) return at;
  }
  return -1;
}

/** @param {Uint8Array} bytes @param {Uint8Array} start */
export const startsWith = (bytes, start) => start.every((byte, at) => bytes[at] === byte);

/** Lowercase hex. @param {Uint8Array} bytes */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The bytes of hex in either case; null for what is none. @param {string} text */
export function unhex(text) {
  if (text.length % 2 || !/^[0-9a-f]*$/i.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

/** The bytes of canonical base64 without padding; null for anything else. @param {string} text */
export function unbase64(text) {
  if (!/^[A-Za-z0-9+/]*$/.test(text) || text.length % 4 === 1) return null;
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return base64(bytes) === text ? bytes : null;
}

/** Canonical base64 without padding. @param {Uint8Array} bytes */
export function base64(bytes) {
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/=+$/, "");
}

/** Overwrites bytes that were secret. @param {...(Uint8Array | null | undefined)} secrets */
export function overwrite(...secrets) {
  for (const secret of secrets) secret?.fill(0);
}

/** @implements {ReadAt} */
export class BytesReader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
  }

  get length() {
    return this.bytes.length;
  }

  /** @param {number} offset @param {number} length */
  async readAt(offset, length) {
    return this.bytes.subarray(offset, offset + length);
  }
}

/** A stretch of something as a thing of its own. @implements {ReadAt} */
export class Stretch {
  /** @param {ReadAt} source @param {number} offset @param {number} length */
  constructor(source, offset, length) {
    this.source = source;
    this.offset = offset;
    this.length = length;
  }

  /** @param {number} offset @param {number} length */
  async readAt(offset, length) {
    const end = Math.min(offset + length, this.length);
    return offset < 0 || end <= offset ? new Uint8Array() : this.source.readAt(this.offset + offset, end - offset);
  }
}

/** All that was asked for. Throws: DamagedError where there is less. @param {ReadAt} source @param {number} offset @param {number} length */
export async function readFully(source, offset, length) {
  const bytes = await source.readAt(offset, length);
  if (bytes.length !== length) throw damaged();
  return bytes;
}
