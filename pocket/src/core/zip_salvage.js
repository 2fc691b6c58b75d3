// What is left of a stored ZIP that breaks off, as a download does, or whose list lies: its members by their own headers,
// from the start. As `formats/zip_salvage.py`, which searches behind damage too. Nothing that is found so is to be
// believed: seals tell.
import { CENTRAL_MAGIC, END, END_MAGIC, LOCAL, LOCAL_MAGIC, LONGEST_NAME, PAD_NAME, memberAt } from "./zip.js";

/** @typedef {import("../types.js").ReadAt} ReadAt @typedef {import("./zip.js").Member} Member */

const SEALED_NAME = /\.age$/;
const HEADER = LOCAL + LONGEST_NAME;
const NEAR = 1 << 14; // bytes that are asked for at once: a medium that answers for each of thousands of small members is slow

/**
 * The members that came whole, also several of one name, without `pad`; null where it is another kind of archive, or where
 * they are more than `most`.
 * @param {ReadAt} source @param {number} most
 * @returns {Promise<Member[] | null>}
 */
export async function membersBeforeBreak(source, most) {
  /** @type {Member[]} */
  const found = [];
  let from = 0;
  /** @type {Uint8Array} */
  let near = new Uint8Array();
  for (let at = 0; found.length <= most;) {
    if (at + HEADER > from + near.length) {
      near = await source.readAt(at, Math.min(NEAR, source.length - at));
      from = at;
    }
    const begin = near.subarray(at - from, at - from + HEADER);
    const member = memberAt(begin, at);
    if (member === null && !breaksOff(begin)) return null;
    if (member === null || member.offset + member.length > source.length) return ofReel(found, await hasEnd(source));
    found.push(member);
    at = member.offset + member.length;
  }
  return null;
}

/** Whether an archive without an end breaks off here: in a header, in its list, or into the zeros of a file that was made first and filled later. @param {Uint8Array} begin */
function breaksOff(begin) {
  const magic = begin.length < 4 ? 0 : numberAt(begin, 0, 4);
  if (magic === LOCAL_MAGIC) return begin.length < LOCAL || begin.length < LOCAL + numberAt(begin, 26, 2);
  return magic === 0 || magic === CENTRAL_MAGIC;
}

/** Whether it ends as archives do, so that it is its list that is not like ours. @param {ReadAt} source */
async function hasEnd(source) {
  const last = await source.readAt(Math.max(0, source.length - END), Math.min(END, source.length));
  return numberAt(last, 0, 4) === END_MAGIC;
}

/** @param {Uint8Array} bytes @param {number} at @param {number} length */
const numberAt = (bytes, at, length) => bytes.subarray(at, at + length).reduceRight((sum, byte) => sum * 256 + byte, 0);

/** Without `pad`; null for an archive with an end in which nothing is sealed. @param {Member[]} found @param {boolean} ended */
const ofReel = (found, ended) =>
  ended && !found.some(({ name }) => SEALED_NAME.test(name)) ? null : found.filter(({ name }) => name !== PAD_NAME);
