// A label and its albums out of its papers, verified before anything is believed or shown.
import { BUDGETS, check } from "./budgets.js";
import { hex } from "./bytes.js";
import { NewerDocument, placeOf, readLabelDocument, readRelease } from "./documents.js";
import { fourWords } from "./imprint.js";
import { plainLine } from "./plain_text.js";
import { Trouble, damaged, notVerified } from "./trouble.js";
import { verifyLabel } from "./tuf.js";

/** @typedef {import("../types.js").Album} Album @typedef {import("../types.js").Label} Label */
/** @typedef {import("../types.js").Sentence} Sentence @typedef {import("../types.js").SignedFile} SignedFile */
/** @typedef {import("../types.js").Track} ShownTrack */
/** @typedef {import("./documents.js").File} File @typedef {import("./documents.js").Release} Release */
/** @typedef {import("./documents.js").Track} Track */
/** @typedef {import("./tuf.js").Fetch} Fetch @typedef {import("./tuf.js").Listed} Listed */
/** @typedef {(sha256: string, length: number) => boolean} IsHere */
/** @typedef {import("./tuf.js").Tools & { isHere: IsHere }} Tools */

/**
 * What of a label is not among its albums: documents that lie elsewhere, perhaps on purpose; that a newer mag signed; and
 * by what is said of them how many are there and cannot be read.
 * @typedef {{ elsewhere: number, newer: number, bad: Map<string, number>, notes: Sentence[] }} Left
 */

/** What is said of an album that is left out; of most reasons, that its papers are damaged. @param {string} reason */
export function noteOf(reason) {
  const why = reason.slice(reason.lastIndexOf(".") + 1);
  if (["two_copies", "not_signed", "media_type"].includes(why)) return `note.${why}`;
  if (["paper_long", "long", "json_values"].includes(why)) return "note.long";
  return ["documents", "tracks"].includes(why) ? "note.many" : "note.damaged";
}

/**
 * Throws: as `verifyLabel`, where the label is refused as a whole. `bad` and `notes` are for people.
 * @param {string} imprint @param {Fetch} paperOf @param {Tools} tools
 * @returns {Promise<{ label: Label, left: { elsewhere: number, newer: number, bad: Sentence[], notes: Sentence[] } }>}
 */
export async function readLabel(imprint, paperOf, tools) {
  const verified = await verifyLabel(imprint, paperOf, tools);
  const about = verified.listed.find(({ path }) => placeOf(path).kind === "label");
  if (!about) throw damaged("trouble.label.no_name");
  const bytes = await signedDocument(about, BUDGETS.labelDocument.most, paperOf, tools);
  if (!bytes) throw new Trouble("NotFoundError", { key: "trouble.label.lacks_paper" });
  const words = fourWords(imprint);
  const name = plainLine(readLabelDocument(bytes, tools.meter).name) || words.join("-");
  /** @type {Left} */
  const left = { elsewhere: 0, newer: 0, bad: new Map(), notes: [] };
  const albums = await albumsOf(verified.listed, left, paperOf, tools);
  if (verified.delegates) left.notes.push({ key: "note.delegates", values: { name } });
  const others = verified.listed.filter(({ path }) => !placeOf(path).kind).length;
  if (others) left.notes.push({ key: "note.other_papers", values: { name, count: others } });
  if (left.newer) left.notes.push({ key: "note.newer_albums", values: { name, count: left.newer } });
  const { signedOn, version } = verified;
  const label = { imprint, name, fourWords: words, signedOn, version, albums };
  const bad = [...left.bad].map(([key, count]) => ({ key, values: { name, count } }));
  return { label, left: { ...left, bad } };
}

/** @param {readonly Listed[]} listed @param {Left} left @param {Fetch} paperOf @param {Tools} tools */
async function albumsOf(listed, left, paperOf, tools) {
  /** @type {Album[]} */
  const albums = [];
  for (const each of listed) {
    const { kind, id } = placeOf(each.path);
    if (kind !== "release") continue;
    try {
      const bytes = await signedDocument(each, BUDGETS.release.most, paperOf, tools);
      if (bytes) albums.push(shownAlbum(readRelease(bytes, id, tools.meter), tools));
      else left.elsewhere += 1;
    } catch (error) {
      if (!isOfDocument(error)) throw error;
      if (error instanceof NewerDocument) left.newer += 1;
      else left.bad.set(noteOf(error.sentence.key), (left.bad.get(noteOf(error.sentence.key)) ?? 0) + 1);
    }
  }
  return albums;
}

/** Trouble with one document, which stops none of the others. @param {unknown} error @returns {error is Trouble} */
const isOfDocument = (error) =>
  error instanceof Trouble && ["DamagedError", "NotVerifiedError", "OverBudgetError"].includes(error.kind);

/** A document as its label signed it; null where it lies elsewhere. @param {Listed} listed @param {number} most @param {Fetch} paperOf @param {Tools} tools */
async function signedDocument(listed, most, paperOf, tools) {
  if (listed.length > most) throw damaged("trouble.document.long");
  check(BUDGETS.documents, tools.meter.documents + listed.length);
  const bytes = await paperOf(listed.storedPath, listed.length);
  if (!bytes) return null;
  tools.meter.documents += bytes.length;
  if (bytes.length !== listed.length || hex(await tools.sha256(bytes)) !== listed.sha256)
    throw notVerified("trouble.document.not_signed");
  return bytes;
}

/** A name in one line, and as `export` writes it where nothing of it can be seen. @param {string} text */
const named = (text) => plainLine(text) || "_";

/** What its label took back keeps its list, and no file of it is played or saved. @param {Release} release @param {Tools} tools @returns {Album} */
function shownAlbum(release, { isHere: lies, meter }) {
  const isHere = release.withdrawn ? () => false : lies;
  check(BUDGETS.tracks, meter.tracks + release.tracks.length);
  meter.tracks += release.tracks.length;
  return {
    id: release.id,
    kind: release.kind,
    title: named(release.title),
    artist: named(release.artist),
    date: release.date,
    released: release.released,
    notes: Object.fromEntries([...release.notes].map(([language, file]) => [language, shownFile(file, isHere)])),
    cover: release.cover && shownFile(release.cover, isHere),
    withdrawn: release.withdrawn,
    withdrawnReason: plainLine(release.withdrawn_reason),
    carried: release.carried,
    tracks: inOrder(release.tracks).map((track) => shownTrack(track, isHere)),
  };
}

/** By disc and number; the track before the first is the first. @param {readonly Track[]} tracks */
function inOrder(tracks) {
  const place = (/** @type {Track} */ track) => (track.pregap ? -1 : track.position);
  return [...tracks].sort((one, other) => one.disc - other.disc || place(one) - place(other));
}

/** @param {Track} track @param {IsHere} isHere @returns {ShownTrack} */
function shownTrack(track, isHere) {
  return {
    id: track.id,
    title: named(track.title),
    artist: named(track.artist),
    disc: track.disc,
    position: track.position,
    number: track.pregap ? 0 : track.position || null,
    durationS: track.duration_s,
    file: shownFile(track.file, isHere),
    renditions: track.renditions.map(({ kind, file }) => ({ kind, file: shownFile(file, isHere) })),
    lyrics: track.lyrics.map(({ language, file }) => ({ language, file: shownFile(file, isHere) })),
  };
}

/** @param {File} file @param {IsHere} isHere @returns {SignedFile} */
function shownFile({ sha256, length, media_type: mediaType, pieces }, isHere) {
  return { sha256, length, mediaType, pieces, here: isHere(sha256, length) };
}
