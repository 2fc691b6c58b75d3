// Cuts a reel for a test: spool files into pieces, pieces into segments, each sealed; any lengths, any order.
import crypto from "node:crypto";
import { Life } from "../../pocket/src/engine/life.js";
import { Opening } from "../../pocket/src/engine/opening.js";
import { Given, newIdentity, seal, zip } from "./making.js";

export const PIECE = 1 << 20;
export const sha256 = (bytes) => crypto.createHash("sha256").update(bytes).digest("hex");
export const blobPath = (bytes) => `blobs/${sha256(bytes).slice(0, 2)}/${sha256(bytes)}`;
export const OWNER = newIdentity();
export const STRANGER = newIdentity();

/** A file as a label signs it. */
export function signed(bytes) {
  const count = Math.max(1, Math.ceil(bytes.length / PIECE));
  const pieces = Array.from({ length: count }, (_, at) => sha256(bytes.subarray(at * PIECE, (at + 1) * PIECE)));
  const rest = { mediaType: "audio/flac", here: true, pieces: count > 1 ? pieces : [] };
  return { sha256: sha256(bytes), length: bytes.length, ...rest };
}

/** Members of a file: itself, or its pieces. */
export function membersOf(path, bytes) {
  if (bytes.length <= PIECE) return [[path, bytes]];
  return Array.from({ length: Math.ceil(bytes.length / PIECE) }, (_, at) => [
    `${path}.${String(at).padStart(4, "0")}`,
    bytes.subarray(at * PIECE, (at + 1) * PIECE),
  ]);
}

/** Segments of a reel, each as a file that is given; `deal` says into which of `count` a member goes. */
export function cut(members, { count = 2, deal = (at) => at, to = OWNER, padding = 0 } = {}) {
  const dealt = Array.from({ length: count }, () => []);
  members.forEach((member, at) => dealt[deal(at) % count].push(member));
  return dealt.map((own, at) => {
    const padded = padding ? [...own, ["pad", Buffer.alloc(padding)]] : own;
    return new Given(`reel/${crypto.randomBytes(4).toString("hex")}${at}.age`, seal(zip(padded), to));
  });
}

export const newOpening = () => new Opening(new Life(100), () => {});

/** An opened reel: what was sorted out, and its spool. */
export async function opened(files, secret = { identity: OWNER.text }) {
  const opening = newOpening();
  const sorted = await opening.openReel(files, secret);
  return { opening, sorted, reel: opening.reel, spool: opening.spool };
}
