// A reel that is being opened: every segment once, for its table; afterwards bytes are read where they lie.
// As `reel/opening.py`: damaged and foreign segments stop nothing.
import { readHeaderOf } from "./age_header.js";
import { CHUNK, openStream } from "./age_stream.js";
import { BUDGETS, check } from "./budgets.js";
import { hex, overwrite } from "./bytes.js";
import { bare } from "./sorting.js";
import { Trouble } from "./trouble.js";
import { readTable } from "./zip.js";

/** @typedef {import("../types.js").ReadAt} ReadAt */
/** @typedef {import("./age_header.js").Header} Header */
/** @typedef {import("./age_stream.js").Stream} Stream */
/** @typedef {import("./keyring.js").Keyring} Keyring */
/** @typedef {import("./sorting.js").SealedFile} SealedFile */

/** Bytes of a piece; the last one of a file is shorter. */
export const PIECE_LENGTH = 1 << 20;
const KEPT_STREAMS = 8;
const IDENTITY_NAME = "identity.txt";
const PIECE_NAME = /^(.+)\.(\d{4,7})$/;

/**
 * One copy of a piece: where it lies in the plaintext of which segment.
 * @typedef {{ readonly piece: number, readonly segment: number, readonly offset: number, readonly length: number }} Copy
 */

/** @typedef {{ readonly source: ReadAt, readonly headerLength: number, readonly fileKey: Uint8Array }} Segment */
/** @typedef {{ readonly stream: Promise<Stream>, uses: number }} OpenStream */

/** The header of a sealed file, at most an eighth of it and no longer than any. Throws: DamagedError. @param {ReadAt} source */
export const headerOf = (source) =>
  readHeaderOf(source, Math.min(BUDGETS.header.most, 4096 + Math.floor(source.length / 8)));

export class Reel {
  /** @param {() => Promise<void>} [pause] called between chunks that are decrypted */
  constructor(pause = async () => {}) {
    this.pause = pause;
    /** By their place among the sealed files, so that copies have the same order however fast each file is. @type {Map<number, Segment>} */
    this.segments = new Map();
    /** Every file of which any piece is there, its copies by piece. @type {Map<string, Copy[]>} */
    this.files = new Map();
    this.members = 0;
    /** How many segments have one header and length. @type {Map<string, number>} */
    this.added = new Map();
    /** Members that were counted of each, a copy of it among them. @type {Map<string, number>} */
    this.listed = new Map();
    this.forgotten = false;
    /** Bytes that were decrypted for tables and papers. */
    this.decryptedBytes = 0;
    /** @type {Map<number, OpenStream>} */
    this.streams = new Map();
  }

  /**
   * Opens one segment. Throws: NotMineError, DamagedError, OverBudgetError, UnreachableError.
   * @param {SealedFile} sealed
   * @param {number} number its place among the sealed files
   * @param {Header} header
   * @param {Keyring} keyring
   */
  async add({ source }, number, header, keyring) {
    const fileKey = await keyring.fileKey(header, this.pause);
    const table = await this.table(source, header, fileKey).catch((error) => {
      overwrite(fileKey);
      throw error;
    });
    if (this.forgotten) return overwrite(fileKey);
    this.segments.set(number, { source: bare(source), headerLength: header.length, fileKey });
    for (const { name, offset, length } of table) {
      if (name === IDENTITY_NAME) continue;
      const found = PIECE_NAME.exec(name);
      const [path, piece] = found ? [found[1], Number(found[2])] : [name, 0];
      const copies = this.files.get(path);
      const copy = { piece, segment: number, offset, length };
      if (copies) copies.push(copy);
      else this.files.set(path, [copy]);
    }
  }

  /** What lies in a segment. @param {ReadAt} source @param {Header} header @param {Uint8Array} fileKey */
  async table(source, header, fileKey) {
    const name = this.nameOf(source, header);
    const stream = await this.opened(source, header.length, fileKey);
    try {
      return await readTable(this.counted(stream), (count) => this.allow(count, stream.length, name));
    } finally {
      stream.forget();
    }
  }

  /** The same for a segment and one copy of it: a header is made once. Of further ones each has another. @param {ReadAt} source @param {Header} header */
  nameOf({ length }, { mac }) {
    const name = `${hex(mac)}/${length}`;
    const before = this.added.get(name) ?? 0;
    this.added.set(name, before + 1);
    return `${name}/${before >> 1}`;
  }

  /**
   * Before a directory is read: whether a segment, and all of them, may hold so many members; those of a copy count once.
   * @param {number} count @param {number} length @param {string} name
   */
  allow(count, length, name) {
    if (count > 1024 + length / 256) throw new Trouble("OverBudgetError", { key: "trouble.members_of_segment" });
    const listed = this.listed.get(name) ?? 0;
    this.listed.set(name, Math.max(listed, count));
    this.members += Math.max(0, count - listed);
    this.requireRoom();
  }

  /** Throws: OverBudgetError where all segments together hold too much; then nothing of the reel is taken. */
  requireRoom() {
    check(BUDGETS.members, this.members);
  }

  /** Sorts what was added. */
  finish() {
    for (const copies of this.files.values()) {
      copies.sort((one, other) => one.piece - other.piece || one.segment - other.segment || one.offset - other.offset);
    }
  }

  /** Copies of a piece, none where it is not here. @param {string} path @param {number} piece */
  copies(path, piece) {
    const all = this.files.get(path) ?? [];
    let low = 0;
    for (let high = all.length; low < high;) {
      const middle = (low + high) >> 1;
      if (all[middle].piece < piece) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while (end < all.length && all[end].piece === piece) end += 1;
    return all.slice(low, end);
  }

  /**
   * What `use` makes of the plaintext of a segment; a few stay open for the next. Throws: DamagedError, UnreachableError.
   * @template Result
   * @param {number} number
   * @param {(stream: Stream) => Promise<Result>} use
   */
  async using(number, use) {
    const open = this.streams.get(number) ?? this.reopened(number);
    this.streams.delete(number); // the one that was used last stands last
    this.streams.set(number, open);
    open.uses += 1;
    try {
      return await use(await open.stream);
    } finally {
      open.uses -= 1;
      this.closeUnused();
    }
  }

  /** @param {number} number @returns {OpenStream} */
  reopened(number) {
    const segment = this.segments.get(number);
    if (!segment) throw new Trouble("NotFoundError", { key: "trouble.piece_missing" });
    const stream = this.opened(segment.source, segment.headerLength, segment.fileKey);
    stream.catch(() => this.streams.delete(number));
    return { stream, uses: 0 };
  }

  closeUnused() {
    for (const [number, { stream, uses }] of this.streams) {
      if (this.streams.size <= KEPT_STREAMS) return;
      if (uses > 0) continue;
      this.streams.delete(number);
      close(stream);
    }
  }

  /** @param {ReadAt} source @param {number} headerLength @param {Uint8Array} fileKey */
  async opened(source, headerLength, fileKey) {
    const stream = await openStream(source, headerLength, fileKey, this.pause);
    this.decryptedBytes += stream.length - lastChunk(stream.length) * CHUNK;
    return stream;
  }

  /** A stream whose reads are counted by whole chunks, as they are decrypted. @param {Stream} stream @returns {ReadAt} */
  counted(stream) {
    return {
      length: stream.length,
      readAt: (offset, length) => {
        const end = Math.min(offset + length, stream.length);
        const chunks = Math.min(Math.ceil(end / CHUNK), lastChunk(stream.length)) - Math.floor(offset / CHUNK);
        this.decryptedBytes += CHUNK * Math.max(0, chunks);
        return stream.readAt(offset, length);
      },
    };
  }

  /** Overwrites the keys of all segments; nothing can be read afterwards. */
  forget() {
    this.forgotten = true;
    for (const { stream } of this.streams.values()) close(stream);
    for (const { fileKey } of this.segments.values()) overwrite(fileKey);
    this.streams.clear();
    this.segments.clear();
    this.files.clear();
  }
}

/** The number of the last chunk, which is verified when a stream is opened. @param {number} length of the plaintext */
const lastChunk = (length) => Math.max(0, Math.ceil(length / CHUNK) - 1);

/** @param {Promise<Stream>} stream */
function close(stream) {
  stream.then(
    (opened) => opened.forget(),
    () => {},
  );
}
