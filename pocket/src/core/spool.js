// The spool inside a reel: papers of labels, and pieces of what they signed. Nothing here is believed.
import { CHUNK } from "./age_stream.js";
import { joined, overwrite, same } from "./bytes.js";
import { digestOf } from "./digests.js";
import { PIECE_LENGTH } from "./reel.js";
import { damaged, isKind, notVerified } from "./trouble.js";

/** @typedef {import("./reel.js").Copy} Copy */
/** @typedef {import("./reel.js").Reel} Reel */

const DOCUMENT = /^targets\/(?:.*\/)?([0-9a-f]{64})\.[^/]*$/;
const LABEL_FILE = /^labels\/(mag1[02-9ac-hj-np-z]{58})\/./;
const KEPT_CHUNKS = 512; // 32 MiB: the papers of 40 000 songs

/** Where a blob stands in a spool. @param {string} sha256 */
const blobPath = (sha256) => `blobs/${sha256.slice(0, 2)}/${sha256}`;

/** Pieces of a file; an empty one is one empty piece. @param {number} length */
export const pieceCount = (length) => Math.max(1, Math.ceil(length / PIECE_LENGTH));

/** Bytes of a piece. @param {number} length of the file @param {number} piece */
export const pieceLength = (length, piece) => Math.min(PIECE_LENGTH, length - piece * PIECE_LENGTH);

export class Spool {
  /** @param {Reel} reel */
  constructor(reel) {
    this.reel = reel;
    this.chunks = new Chunks(reel);
    /** How many papers lie in each segment, once that was asked. @type {Map<number, number>} */
    this.papers = new Map();
  }

  /** Imprints of the labels of which any paper is there, sorted: a hint. */
  imprints() {
    const found = new Set();
    for (const path of this.reel.files.keys()) {
      const imprint = LABEL_FILE.exec(path)?.[1];
      if (imprint) found.add(imprint);
    }
    return [...found].sort();
  }

  /** Whether every piece of a file is in the reel, in its length. @param {string} sha256 @param {number} length */
  isHere(sha256, length) {
    const copies = this.reel.files.get(blobPath(sha256));
    if (!copies) return false;
    const count = pieceCount(length);
    for (let piece = 0; piece < count; piece += 1) {
      if (!this.pieces(sha256, length, piece).length) return false;
    }
    return true;
  }

  /** Copies of a piece of a file that are as long as it is. @param {string} sha256 @param {number} length @param {number} piece */
  pieces(sha256, length, piece) {
    const wanted = pieceLength(length, piece);
    return this.reel.copies(blobPath(sha256), piece).filter((copy) => copy.length === wanted);
  }

  /**
   * A paper of a label by its name there (`metadata/1.root.json`); null where the reel has none.
   *
   * Of a document, whose name says its digest, one copy that has it is enough. Of any other paper all copies are read.
   *
   * Throws: DamagedError where no copy can be read, or it is longer than `most` bytes; NotVerifiedError where two
   * copies differ: both were sealed by whoever cut the reel, and no reader could tell which one another reader took.
   * @param {string} imprint
   * @param {string} name
   * @param {number} most
   */
  async paper(imprint, name, most) {
    const path = `labels/${imprint}/${name}`;
    const copies = this.reel.files.get(path);
    if (!copies) return null;
    if (copies.some(({ piece, length }) => piece * PIECE_LENGTH + length > most)) throw tooLong();
    const digest = DOCUMENT.exec(name)?.[1];
    const last = copies[copies.length - 1].piece;
    if (digest && !last) return this.document(copies, digest);
    const parts = [];
    for (let piece = 0; piece <= last; piece += 1) parts.push(await this.paperPiece(path, piece, piece < last));
    return parts.length === 1 ? parts[0] : joined(parts);
  }

  /** From the first copy that has the digest, those first that lie where most papers do. @param {readonly Copy[]} copies @param {string} digest */
  async document(copies, digest) {
    const papers = (/** @type {Copy} */ { segment }) => this.papersOf(segment);
    for (const copy of [...copies].sort((one, other) => papers(other) - papers(one))) {
      const read = await this.readPaper(copy);
      if (read !== null && (await digestOf(read)) === digest) return read;
    }
    throw damaged("trouble.paper_damaged");
  }

  /** How many papers of labels lie in a segment. @param {number} segment */
  papersOf(segment) {
    if (!this.papers.size) {
      for (const [path, copies] of this.reel.files) {
        if (!LABEL_FILE.test(path)) continue;
        for (const each of copies) this.papers.set(each.segment, 1 + (this.papers.get(each.segment) ?? 0));
      }
    }
    return this.papers.get(segment) ?? 0;
  }

  /** @param {string} path @param {number} piece @param {boolean} full */
  async paperPiece(path, piece, full) {
    /** @type {Uint8Array | null} */
    let first = null;
    for (const copy of this.reel.copies(path, piece)) {
      if (copy.length > PIECE_LENGTH) throw tooLong();
      const read = await this.readPaper(copy);
      if (read === null) continue;
      if (first !== null && !same(first, read)) throw notVerified("trouble.two_copies");
      first = read;
    }
    if (first === null || (full && first.length !== PIECE_LENGTH)) {
      throw damaged("trouble.paper_damaged");
    }
    return first;
  }

  /** A copy; null where it does not verify. Throws: UnreachableError. @param {Copy} copy */
  async readPaper(copy) {
    try {
      return await this.chunks.read(copy);
    } catch (error) {
      if (isKind(error, "DamagedError")) return null;
      throw error;
    }
  }

  /** Lets go of what was kept to read papers. */
  close() {
    this.chunks.clear();
  }

  /** Overwrites keys and what was decrypted. */
  forget() {
    this.close();
    this.reel.forget();
  }
}

const tooLong = () => damaged("trouble.paper_long");

/** Decrypted chunks of segments: papers stand side by side and are asked for in another order. */
class Chunks {
  /** @param {Reel} reel */
  constructor(reel) {
    this.reel = reel;
    /** @type {Map<string, Uint8Array>} */
    this.kept = new Map();
  }

  /** All of a copy, as bytes of its own. Throws: DamagedError, UnreachableError. @param {Copy} copy */
  async read({ segment, offset, length }) {
    const whole = new Uint8Array(length);
    for (let at = offset; at < offset + length;) {
      const number = Math.floor(at / CHUNK);
      const chunk = await this.chunk(segment, number);
      const part = chunk.subarray(at - number * CHUNK, offset + length - number * CHUNK);
      if (!part.length) throw damaged("trouble.paper_damaged");
      whole.set(part, at - offset);
      at += part.length;
    }
    return whole;
  }

  /** @param {number} segment @param {number} number */
  async chunk(segment, number) {
    const name = `${segment}:${number}`;
    const kept = this.kept.get(name);
    if (kept) return kept;
    const chunk = await this.reel.using(segment, (stream) => this.reel.counted(stream).readAt(number * CHUNK, CHUNK));
    this.kept.set(name, chunk);
    for (const [oldest, bytes] of this.kept) {
      if (this.kept.size <= KEPT_CHUNKS) break;
      overwrite(bytes);
      this.kept.delete(oldest);
    }
    return chunk;
  }

  clear() {
    overwrite(...this.kept.values());
    this.kept.clear();
  }
}
