// A ZIP of stored members, written from front to back: plain files on their way out, for any program to open.
// Source: PKWARE APPNOTE 6.3.10, 4.3. As the program's own writer: no compression, no dates, no ZIP64 below 4 GiB.
import { encoded } from "./bytes.js";
import { crc32 } from "./crc32.js";
import { Trouble, damaged } from "./trouble.js";
import { CENTRAL, CENTRAL_MAGIC, END, END_MAGIC, LOCAL, LOCAL_MAGIC, MAX_LENGTH, MAX_MEMBERS } from "./zip.js";

const VERSION = 10;
const MADE_BY = (3 << 8) | 20; // Unix
const REGULAR_0644 = 0o100644 * 0x10000;
const IN_UTF8 = 1 << 11;
const DAY = (1 << 5) | 1; // 1980-01-01: no file tells when it was made

/** @typedef {(bytes: Uint8Array<ArrayBuffer>) => void} Write */
/**
 * Where bytes go: `write` appends; so does `hold`, and what it gives writes as many bytes over them later.
 * @typedef {{write: Write, hold(bytes: Uint8Array<ArrayBuffer>): Write}} Sink
 */
/** @typedef {{name: string, length: number}} Planned name with `/`, length in bytes */

/** Bytes of the whole ZIP. @param {readonly Planned[]} members */
export const zipLength = (members) =>
  members.reduce((sum, { name, length }) => sum + LOCAL + CENTRAL + 2 * encoded(name).length + length, END);

/**
 * Writes all members in their order. `feed` brings the bytes of one of them, bit by bit; its sum stands in front of
 * them, so it is written over when it is known.
 * @param {readonly Planned[]} members @param {Sink} sink
 * @param {(at: number, write: Write) => Promise<void>} feed
 * @throws {Trouble} OverBudgetError before a byte is written, DamagedError for a member of another length
 */
export async function writeZip(members, sink, feed) {
  if (members.length > MAX_MEMBERS || zipLength(members) > MAX_LENGTH)
    throw new Trouble("OverBudgetError", { key: "trouble.zip.long" });
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const directory = [];
  let offset = 0;
  for (const [at, member] of members.entries()) {
    const sign = sink.hold(localHeader(member, 0));
    const sum = await writeContent(member, sink, (write) => feed(at, write));
    sign(localHeader(member, sum));
    directory.push(centralHeader(member, sum, offset));
    offset += LOCAL + encoded(member.name).length + member.length;
  }
  for (const entry of directory) sink.write(entry);
  sink.write(endOf(directory, offset));
}

/**
 * The CRC-32 of what was written.
 * @param {Planned} member @param {Sink} sink @param {(write: Write) => Promise<void>} feed
 */
async function writeContent({ length }, sink, feed) {
  let [sum, written] = [0, 0];
  await feed((bytes) => {
    written += bytes.length;
    sum = crc32(bytes, sum);
    if (written <= length) sink.write(bytes);
  });
  if (written !== length) throw damaged("trouble.zip.length");
  return sum;
}

/** @param {Planned} member @param {number} sum */
function localHeader({ name, length }, sum) {
  const bytes = encoded(name);
  const header = new Uint8Array(LOCAL + bytes.length);
  const view = new DataView(header.buffer);
  view.setUint32(0, LOCAL_MAGIC, true);
  fields(view, 4, sum, length, bytes.length);
  header.set(bytes, LOCAL);
  return header;
}

/** @param {Planned} member @param {number} sum @param {number} offset */
function centralHeader({ name, length }, sum, offset) {
  const bytes = encoded(name);
  const header = new Uint8Array(CENTRAL + bytes.length);
  const view = new DataView(header.buffer);
  view.setUint32(0, CENTRAL_MAGIC, true);
  view.setUint16(4, MADE_BY, true);
  fields(view, 6, sum, length, bytes.length);
  view.setUint32(38, REGULAR_0644, true);
  view.setUint32(42, offset, true);
  header.set(bytes, CENTRAL);
  return header;
}

/** What both headers have, in one order. @param {DataView} view @param {number} at @param {number} sum @param {number} length @param {number} nameLength */
function fields(view, at, sum, length, nameLength) {
  view.setUint16(at, VERSION, true);
  view.setUint16(at + 2, IN_UTF8, true);
  view.setUint16(at + 8, DAY, true);
  view.setUint32(at + 10, sum, true);
  view.setUint32(at + 14, length, true);
  view.setUint32(at + 18, length, true);
  view.setUint16(at + 22, nameLength, true);
}

/** @param {readonly Uint8Array[]} directory @param {number} offset */
function endOf(directory, offset) {
  const end = new Uint8Array(END);
  const view = new DataView(end.buffer);
  view.setUint32(0, END_MAGIC, true);
  view.setUint16(8, directory.length, true);
  view.setUint16(10, directory.length, true);
  view.setUint32(
    12,
    directory.reduce((sum, entry) => sum + entry.length, 0),
    true,
  );
  view.setUint32(16, offset, true);
  return end;
}
