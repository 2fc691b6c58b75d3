// ZIP files of stored members, read strictly: nothing that two programs could read in two ways is taken. Whatever is
// wrong with one, people are told of the reel, and never of one archive in it.
// As `formats/zip_store.py`; source: PKWARE APPNOTE 6.3.10, 4.3.
import { ascii } from "./bytes.js";
import { crc32 } from "./crc32.js";
import { damaged } from "./trouble.js";

/** @typedef {import("../types.js").ReadAt} ReadAt */

/**
 * A stored file; `offset` is that of its bytes within the ZIP.
 * @typedef {{ readonly name: string, readonly offset: number, readonly length: number, readonly crc32: number }} Member
 */

/** One below the count that stands for "see ZIP64". */
export const MAX_MEMBERS = 65534;
/** Bytes of a whole ZIP, for the same reason. */
export const MAX_LENGTH = 0xfffffffe;
export const LONGEST_NAME = 255;
export const PAD_NAME = "pad";

export const LOCAL = 30;
export const CENTRAL = 46;
export const END = 22;
export const LOCAL_MAGIC = 0x04034b50;
export const CENTRAL_MAGIC = 0x02014b50;
export const END_MAGIC = 0x06054b50;
const HIGHEST_VERSION = 20;
const DOS_NOT_A_FILE = 0x10 | 0x08; // folder, volume label
const NAME = /^[a-z0-9][a-z0-9._+-]*(?:\/[a-z0-9][a-z0-9._+-]*)*$/;

/** @param {Uint8Array} bytes */
const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Whether it begins like a ZIP that holds something. @param {Uint8Array} begin */
export const beginsLikeZip = (begin) => begin.length >= 4 && viewOf(begin).getUint32(0, true) === LOCAL_MAGIC;

/**
 * All members but `pad`, in their order in the file. `allow` is asked how many members there are before they are read.
 *
 * Throws: DamagedError for anything but stored members with plain names that tile the file exactly, and what `allow` throws.
 * @param {ReadAt} source
 * @param {(count: number) => void} [allow]
 * @returns {Promise<Member[]>}
 */
export async function readTable(source, allow = () => {}) {
  const { count, size, offset } = await readEnd(source);
  allow(count);
  if (size > count * (CENTRAL + LONGEST_NAME)) throw damaged(); // before it is read
  const members = readDirectory(await source.readAt(offset, size), size, count);
  requireTiles(members, offset);
  requireDistinct(members.map(({ name }) => name));
  return members.filter(({ name }) => name !== PAD_NAME);
}

/** @param {ReadAt} source */
async function readEnd(source) {
  const total = source.length;
  const end = total >= END && total <= MAX_LENGTH ? await source.readAt(total - END, END) : new Uint8Array();
  if (end.length !== END) throw damaged();
  const view = viewOf(end);
  const [disk, startDisk, here, count] = [4, 6, 8, 10].map((at) => view.getUint16(at, true));
  const [size, offset] = [12, 16].map((at) => view.getUint32(at, true));
  const alone = disk === 0 && startDisk === 0 && view.getUint16(20, true) === 0;
  const sound = view.getUint32(0, true) === END_MAGIC && alone && here === count && count <= MAX_MEMBERS;
  if (!sound || offset + size + END !== total) throw damaged();
  return { count, size, offset };
}

/** @param {Uint8Array} directory @param {number} size @param {number} count */
function readDirectory(directory, size, count) {
  if (directory.length !== size) throw damaged();
  const view = viewOf(directory);
  /** @type {Member[]} */
  const members = [];
  let at = 0;
  for (let number = 0; number < count; number += 1) {
    if (size - at < CENTRAL) throw damaged();
    const member = readEntry(directory, view, at);
    at += CENTRAL + member.name.length;
    members.push(member);
  }
  if (at !== size) throw damaged();
  return members;
}

/** @param {Uint8Array} directory @param {DataView} view @param {number} at @returns {Member} */
function readEntry(directory, view, at) {
  const length = view.getUint32(at + 24, true);
  const nameLength = view.getUint16(at + 28, true);
  const raw = directory.subarray(at + CENTRAL, at + CENTRAL + nameLength);
  const name = ascii(raw);
  const sound = isPlain(view, at) && view.getUint32(at + 20, true) === length && raw.length === nameLength;
  if (!sound || name === null || !isPlainName(name)) throw damaged();
  const offset = view.getUint32(at + 42, true) + LOCAL + nameLength;
  return { name, offset, length, crc32: view.getUint32(at + 16, true) };
}

/** Whether an entry of the directory is that of a stored file, and nothing else is said of it. @param {DataView} view @param {number} at */
function isPlain(view, at) {
  const nothing = [8, 10, 30, 32, 34].every((place) => view.getUint16(at + place, true) === 0); // flags, method, extra, comment, disk
  const attributes = view.getUint32(at + 38, true);
  const kind = attributes >>> 28; // of the Unix mode: 8 is a regular file, 0 where the writer knew none
  const isFile = (kind === 0 || kind === 8) && (attributes & DOS_NOT_A_FILE) === 0;
  const needs = view.getUint16(at + 6, true) & 0xff;
  return view.getUint32(at, true) === CENTRAL_MAGIC && nothing && isFile && needs <= HIGHEST_VERSION;
}

/** @param {string} name */
const isPlainName = (name) => name.length <= LONGEST_NAME && NAME.test(name);

/** That members follow each other without a gap up to the directory. @param {readonly Member[]} members @param {number} end */
function requireTiles(members, end) {
  let expected = 0;
  for (const { name, offset, length } of members) {
    if (offset !== expected + LOCAL + name.length) throw damaged();
    expected = offset + length;
  }
  if (expected !== end) throw damaged();
}

/** That no name stands twice, nor as a file and as a folder. @param {readonly string[]} names */
function requireDistinct(names) {
  const known = new Set(names);
  const folders = new Set();
  for (const name of names) {
    let cut = name.lastIndexOf("/");
    while (cut > 0 && !folders.has(name.slice(0, cut))) {
      folders.add(name.slice(0, cut));
      cut = name.lastIndexOf("/", cut - 1);
    }
  }
  if (known.size !== names.length || names.some((name) => folders.has(name))) throw damaged();
}

/**
 * A member's bytes, checked against its local header and CRC. Throws: DamagedError.
 * @param {ReadAt} source
 * @param {Member} member
 */
export async function readMember(source, member) {
  const start = member.offset - LOCAL - member.name.length;
  const whole = await source.readAt(start, LOCAL + member.name.length + member.length);
  const local = whole.subarray(0, member.offset - start);
  if (!isLocalHeader(local, member)) throw damaged();
  const plain = whole.subarray(local.length);
  if (plain.length !== member.length || crc32(plain) !== member.crc32) throw damaged();
  return plain;
}

/** The member whose local header begins these bytes, that lie at `at`; null where none of ours does. @param {Uint8Array} begin @param {number} at @returns {Member | null} */
export function memberAt(begin, at) {
  if (begin.length < LOCAL) return null;
  const view = viewOf(begin);
  const header = begin.subarray(0, LOCAL + view.getUint16(26, true));
  const name = ascii(header.subarray(LOCAL));
  if (name === null || !isPlainName(name)) return null;
  const offset = at + header.length;
  const member = { name, offset, length: view.getUint32(22, true), crc32: view.getUint32(14, true) };
  return isLocalHeader(header, member) ? member : null;
}

/** @param {Uint8Array} header @param {Member} member */
function isLocalHeader(header, member) {
  if (header.length !== LOCAL + member.name.length) return false;
  const view = viewOf(header);
  const nothing = [6, 8, 28].every((at) => view.getUint16(at, true) === 0); // flags, method, extra
  const sizes = [18, 22].every((at) => view.getUint32(at, true) === member.length);
  const named = view.getUint16(26, true) === member.name.length && ascii(header.subarray(LOCAL)) === member.name;
  const sound = view.getUint32(0, true) === LOCAL_MAGIC && view.getUint32(14, true) === member.crc32;
  return sound && nothing && sizes && named;
}
