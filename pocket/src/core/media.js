// Media types that are known, and how large a picture says it is. Bytes in, values out; nothing is decoded here.
//
// A type is what the label signed, of this list alone, and never guessed from the bytes. A picture goes to the browser
// only after its own header was read: a file of 1.5 MB can unfold to gigabytes. SVG is no picture here, since it is a program.

import { BUDGETS } from "./budgets.js";
import { AUDIO_TYPES } from "./media_types.js";

/** Bytes of a cover that is shown. */
export const COVER_LENGTH = BUDGETS.cover.most;
/** Pixels of a cover that is shown. */
export const COVER_PIXELS = BUDGETS.coverPixels.most;
/** Bytes of a sound that is played: it has to stand in memory whole. */
export const SOUND_LENGTH = BUDGETS.audio.most;

/** Pixels of one among many: 40 larger ones cost WebKit 480 to 850 MB, which it frees when it has nothing to do. */
export const SHELF_PIXELS = 9 << 20;
const SCANS = 100; // of one JPEG: each is a walk over the whole picture, and programs write some ten

/** Opus alone is no container; and some browsers know AIFF by its older name alone. @type {Readonly<Record<string, string>>} */
const ASKED = { "audio/opus": 'audio/ogg; codecs="opus"', "audio/aiff": "audio/x-aiff" };

/**
 * How a browser is asked whether it plays a type, `""` where it is none that anybody plays.
 * @param {string} mediaType
 */
export function askedType(mediaType) {
  return Object.hasOwn(AUDIO_TYPES, mediaType) ? (ASKED[mediaType] ?? mediaType) : "";
}

/**
 * The size of a picture that may go to the browser: of a known type, and of no more pixels by its own header; else null.
 * @param {string} mediaType @param {Uint8Array} bytes
 */
export function shownSize(mediaType, bytes, most = COVER_PIXELS) {
  const size = bytes.length <= COVER_LENGTH ? pictureSize(mediaType, bytes) : null;
  return size && size.width * size.height <= most ? size : null;
}

/** @typedef {{width: number, height: number}} Size in pixels */

/** @type {Record<string, (bytes: Uint8Array, view: DataView) => Size | null>} */
const READERS = { "image/png": pngSize, "image/gif": gifSize, "image/jpeg": jpegSize, "image/webp": webpSize };

/** The size that a picture of this type gives itself; null where its header is none of that type. @param {string} mediaType @param {Uint8Array} bytes */
export function pictureSize(mediaType, bytes) {
  if (!Object.hasOwn(READERS, mediaType)) return null;
  try {
    const size = READERS[mediaType](bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return size !== null && size.width > 0 && size.height > 0 ? size : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // it ends within its header
    throw error;
  }
}

/** Whether it stands there, letters as their codes. @param {Uint8Array} bytes @param {number} offset @param {string | number[]} wanted */
export const stands = (bytes, offset, wanted) =>
  [...wanted].every((one, at) => bytes[offset + at] === (typeof one === "number" ? one : one.charCodeAt(0)));

/** Source: PNG (third edition), 5.2 and 11.2.1. @param {Uint8Array} bytes @param {DataView} view */
function pngSize(bytes, view) {
  if (
    !stands(bytes, 0, [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]) ||
    view.getUint32(8) !== 13 ||
    !stands(bytes, 12, "IHDR")
  )
    return null;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/**
 * The canvas, and every picture on it: browsers make room for a picture that reaches beyond.
 * Source: GIF89a, 18 to 23.
 * @param {Uint8Array} bytes @param {DataView} view
 */
function gifSize(bytes, view) {
  if (!stands(bytes, 0, "GIF87a") && !stands(bytes, 0, "GIF89a")) return null;
  const size = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  let at = 13 + gifTable(view.getUint8(10));
  while (at < bytes.length && bytes[at] !== 0x3b) {
    if (bytes[at] === 0x2c) {
      size.width = Math.max(size.width, view.getUint16(at + 1, true) + view.getUint16(at + 5, true));
      size.height = Math.max(size.height, view.getUint16(at + 3, true) + view.getUint16(at + 7, true));
      at += 11 + gifTable(view.getUint8(at + 9));
    } else if (bytes[at] === 0x21) at += 2;
    else return null;
    while (at < bytes.length && bytes[at] !== 0) at += bytes[at] + 1; // sub-blocks, up to an empty one
    at += 1;
  }
  return size;
}

/** Bytes of a table of colours, where the flags say that there is one. @param {number} flags */
const gifTable = (flags) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);

/** Whether a segment of a JPEG has a length and may stand before the frame: tables, APPn and remarks. @param {number} marker */
const isTable = (marker) => [0xc4, 0xcc, 0xdb, 0xdd, 0xfe].includes(marker) || (marker >= 0xe0 && marker <= 0xef);

/**
 * The size in the one frame header, in front of its scans. Other markers there have no length, or none that all
 * decoders agree on: what stands behind them is not looked for.
 * Source: ITU T.81, B.1.1 and B.2.2.
 * @param {Uint8Array} bytes @param {DataView} view
 */
function jpegSize(bytes, view) {
  if (!stands(bytes, 0, [0xff, 0xd8]) || scans(bytes) > SCANS) return null;
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return null;
    while (view.getUint8(at) === 0xff) at += 1;
    const marker = bytes[at];
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { width: view.getUint16(at + 6), height: view.getUint16(at + 4) };
    const length = view.getUint16(at + 1);
    if (!isTable(marker) || length < 2) return null;
    at += 1 + length;
  }
}

/** @param {Uint8Array} bytes */
function scans(bytes) {
  let found = 0;
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) if (bytes[at + 1] === 0xda) found += 1;
  return found;
}

/** Source: RFC 9649, 2.5 to 2.7; RFC 6386, 9.1. @param {Uint8Array} bytes @param {DataView} view */
function webpSize(bytes, view) {
  if (!stands(bytes, 0, "RIFF") || !stands(bytes, 8, "WEBP")) return null;
  if (stands(bytes, 12, "VP8X")) return { width: 1 + three(view, 24), height: 1 + three(view, 27) };
  if (stands(bytes, 12, "VP8L") && bytes[20] === 0x2f) {
    const packed = view.getUint32(21, true);
    return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) };
  }
  if (!stands(bytes, 12, "VP8 ") || !stands(bytes, 23, [0x9d, 1, 0x2a])) return null;
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

/** @param {DataView} view @param {number} at */
const three = (view, at) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
