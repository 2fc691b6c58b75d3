// Whether a file begins as sound does. Players of browsers look at bytes and not at types: a text that names addresses
// (a playlist) they would follow, from wherever it came. Nothing that begins otherwise goes to one.

import { stands } from "./media.js";

/** @typedef {(offset: number, length: number) => Promise<Uint8Array>} Read */

const MOST_TAGS = 4;
const MOST_FILLING = 1 << 16; // zeros in front of the first frame of an MP3
const TAG_LENGTH = 10;

/**
 * Places and signs: FLAC, Ogg, WAV, AIFF, MP4, WebM and Matroska, WavPack, Monkey's Audio, TTA, Musepack, AMR, WMA.
 * @type {readonly (readonly [number, string])[]}
 */
const SIGNS = [
  [0, "fLaC"],
  [0, "OggS"],
  [8, "WAVE"],
  [8, "AIFF"],
  [8, "AIFC"],
  [4, "ftyp"],
  [1, "E\xdf\xa3"],
  [0, "wvpk"],
  [0, "MAC "],
  [0, "TTA1"],
  [0, "TTA2"],
  [0, "MPCK"],
  [0, "MP+"],
  [0, "#!AMR"],
  [0, "0&\xb2u"],
];

/** @param {number} length of the file @param {Read} read @returns {Promise<boolean>} */
export async function beginsLikeSound(length, read) {
  let at = 0;
  for (let tags = 0; tags <= MOST_TAGS; tags += 1) {
    const begin = await read(at, 16);
    if (!stands(begin, 0, "ID3")) return isSound(begin) || (await isFilledFrame(at, length, read));
    if (begin.length < TAG_LENGTH) return false;
    at += tagLength(begin);
  }
  return false;
}

/** @param {Uint8Array} begin */
const isSound = (begin) => isFrame(begin, 0) || SIGNS.some(([at, sign]) => stands(begin, at, sign));

/** A frame of MPEG audio or ADTS: eleven bits that are set. @param {Uint8Array} bytes @param {number} at */
const isFrame = (bytes, at) => bytes[at] === 0xff && (bytes[at + 1] & 0xe0) === 0xe0;

/** @param {number} at @param {number} length @param {Read} read */
async function isFilledFrame(at, length, read) {
  const bytes = await read(at, Math.min(MOST_FILLING, Math.max(0, length - at)));
  return isFrame(
    bytes,
    bytes.findIndex((byte) => byte !== 0),
  );
}

/** Bytes of an ID3v2 tag with its header, and its footer where it has one. Source: ID3v2.4, 3.1 and 3.4. @param {Uint8Array} begin */
function tagLength(begin) {
  const [, , , , , flags, ...sizes] = begin.subarray(0, TAG_LENGTH);
  const size = sizes.reduce((sum, each) => (sum << 7) | (each & 0x7f), 0);
  return TAG_LENGTH + size + (flags & 0x10 ? TAG_LENGTH : 0);
}
