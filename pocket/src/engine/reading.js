// A signed file, piece by piece: each is verified before it is given, the whole before the last one is.
import { ahead } from "../core/ahead.js";
import { digestOf, wholeDigest } from "../core/digests.js";
import { hex } from "../core/bytes.js";
import { pieceCount } from "../core/spool.js";
import { Trouble, damaged, isKind, notVerified } from "../core/trouble.js";

/** @typedef {import("../core/reel.js").Copy} Copy */
/** @typedef {import("../core/spool.js").Spool} Spool */
/** @typedef {import("../types.js").Progress} Progress */
/** @typedef {import("../types.js").SignedFile} SignedFile */
/** @typedef {import("./life.js").Life} Life */

const AT_ONCE = 3; // pieces: one is on its way from the page, one is decrypted, one is hashed

/**
 * Gives the chunks of a file in order. The next ones are on their way while one is looked at.
 *
 * Throws: NotFoundError where a piece is not in the reel, DamagedError where no copy of one verifies, NotVerifiedError
 * where the whole is not what was signed, UnreachableError, Stopped.
 * @param {Spool} spool
 * @param {SignedFile} file
 * @param {(bytes: Uint8Array) => void} chunk
 * @param {Progress} progress
 * @param {Life} life
 */
export async function readFile(spool, file, chunk, progress, life) {
  const count = pieceCount(file.length);
  const whole = count > 1 ? wholeDigest(file.length) : null; // the digest of a file of one piece is the piece's
  let done = 0;
  const ask = (/** @type {number} */ piece) => readPiece(spool, file, piece, life);
  for await (const { item: piece, answer: bytes } of ahead(Array(count).keys(), AT_ONCE, ask)) {
    await whole?.add(bytes, life.pause);
    if (whole && piece + 1 === count && hex(await whole.digest()) !== file.sha256) {
      throw notVerified("trouble.not_signed");
    }
    life.check();
    done += bytes.length;
    chunk(bytes);
    progress("progress.reading", done, file.length);
  }
}

/** From the first copy of a piece that verifies. @param {Spool} spool @param {SignedFile} file @param {number} piece @param {Life} life */
async function readPiece(spool, file, piece, life) {
  const wanted = file.pieces.length ? file.pieces[piece] : file.sha256;
  let failure = new Trouble("NotFoundError", { key: "trouble.piece_missing" });
  for (const copy of spool.pieces(file.sha256, file.length, piece)) {
    const read = await readCopy(spool, copy, wanted, life);
    if (!(read instanceof Trouble)) return read;
    failure = read;
  }
  throw failure;
}

/** @param {Spool} spool @param {Copy} copy @param {string} wanted @param {Life} life */
async function readCopy(spool, copy, wanted, life) {
  try {
    const bytes = await spool.reel.using(copy.segment, (stream) => stream.readAt(copy.offset, copy.length));
    life.check();
    if ((await digestOf(bytes, life.pause)) === wanted) return bytes;
    return damaged("trouble.piece_damaged");
  } catch (error) {
    if (isKind(error, "DamagedError")) return damaged("trouble.piece_damaged", error);
    if (isKind(error, "UnreachableError")) return error;
    throw error;
  }
}
