// The header of an age file, strictly. Source: age v1 specification, "Header".
import { ascii, encoded, indexOf, overwrite, same, startsWith, unbase64 } from "./bytes.js";
import { derived, hmac, sha256 } from "./primitives.js";
import { damaged } from "./trouble.js";

/** @typedef {import("../types.js").ReadAt} ReadAt */
/** One recipient; `args[0]` is its type. @typedef {{ readonly args: readonly string[], readonly body: Uint8Array }} Stanza */
/**
 * `signed` is what the MAC covers; `length` counts bytes up to and with the last newline.
 * @typedef {{ readonly stanzas: readonly Stanza[], readonly mac: Uint8Array, readonly signed: Uint8Array, readonly length: number }} Header
 */

/** Bytes of a header: room for 1 024 recipients and more. */
export const HEADER_MOST = 128 << 10;
export const FILE_KEY_LENGTH = 16;

const INTRO = encoded("age-encryption.org/v1\n");
const END = encoded("\n--- ");
const NEWLINE = 0x0a;
const COLUMNS = 64;
const MAC_LENGTH = 32;
const FIRST_LOOK = 4096;

/**
 * The header of a source, read no further than needed.
 * Throws: DamagedError if it is not exactly as the specification writes it, or longer than `most` bytes.
 * @param {ReadAt} source
 * @returns {Promise<Header>}
 */
export async function readHeaderOf(source, most = HEADER_MOST) {
  const first = await source.readAt(0, Math.min(FIRST_LOOK, most));
  const end = indexOf(first, END);
  if (end >= 0 && first.includes(NEWLINE, end + END.length)) return readHeader(first);
  return readHeader(startsWith(first, INTRO) ? await source.readAt(0, most) : first);
}

/** The header at the beginning of an age file. Throws: DamagedError. @param {Uint8Array} bytes hold at least all of it @returns {Header} */
export function readHeader(bytes) {
  if (!startsWith(bytes, INTRO)) throw damaged();
  const lines = new Lines(bytes.subarray(0, HEADER_MOST), INTRO.length);
  /** @type {Stanza[]} */
  const stanzas = [];
  for (;;) {
    const start = lines.offset;
    const line = lines.next();
    if (line.startsWith("-> ")) stanzas.push(readStanza(line, lines));
    else if (line.startsWith("--- ")) {
      return { stanzas: sound(stanzas), mac: readMac(line), signed: bytes.slice(0, start + 3), length: lines.offset };
    } else throw damaged();
  }
}

/** A passphrase stands alone. @param {Stanza[]} stanzas */
function sound(stanzas) {
  if (!stanzas.length || (stanzas.length > 1 && stanzas.some(({ args }) => args[0] === "scrypt"))) throw damaged();
  return stanzas;
}

/** @param {string} line */
function readMac(line) {
  const mac = unbase64(line.slice(4));
  if (mac?.length !== MAC_LENGTH) throw damaged();
  return mac;
}

/** Lines of a header, each ended by one newline. */
class Lines {
  /** @param {Uint8Array} bytes @param {number} offset */
  constructor(bytes, offset) {
    this.bytes = bytes;
    this.offset = offset;
  }

  next() {
    const end = this.bytes.indexOf(NEWLINE, this.offset);
    const line = end < 0 ? null : ascii(this.bytes.subarray(this.offset, end));
    if (line === null) throw damaged();
    this.offset = end + 1;
    return line;
  }
}

/** @param {string} line @param {Lines} lines @returns {Stanza} */
function readStanza(line, lines) {
  const args = line.slice(3).split(" ");
  if (!args.every((arg) => /^[\x21-\x7e]+$/.test(arg))) throw damaged();
  const body = [];
  for (let part = ""; ;) {
    part = lines.next();
    body.push(part);
    if (part.length < COLUMNS) break;
    if (part.length > COLUMNS) throw damaged();
  }
  const bytes = unbase64(body.join(""));
  if (!bytes) throw damaged();
  return { args, body: bytes };
}

/** Throws: DamagedError if the header was altered, or the file key is not its own. @param {Header} header @param {Uint8Array} fileKey */
export function verifyMac(header, fileKey) {
  if (fileKey.length !== FILE_KEY_LENGTH) throw damaged();
  const key = derived(fileKey, new Uint8Array(), "header");
  const right = same(hmac(sha256, key, header.signed), header.mac);
  overwrite(key);
  if (!right) throw damaged();
}
