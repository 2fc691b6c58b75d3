// Documents that a label signs: what it says of itself, and its albums. The schemas are those of `docs/schema`; what the
// big program refuses is refused here, also in fields that this page shows nobody.
import { BUDGETS, check } from "./budgets.js";
import { byName, flag, list, matching, needed, orNull, perhaps, real, shape, text, whole } from "./document_forms.js";
import { parse } from "./json.js";
import { isCarried } from "./media_types.js";
import { Trouble, damaged } from "./trouble.js";

/** @template T @typedef {import("./document_forms.js").Reads<T>} Reads */
/** @typedef {import("./budgets.js").Meter} Meter */
/** @typedef {ReturnType<typeof fileForm>} File @typedef {ReturnType<typeof trackForm>} Track */
/** @typedef {ReturnType<typeof releaseForm>} Release @typedef {ReturnType<typeof labelForm>} LabelDocument */

const PIECE_LENGTH = 1 << 20;
const PATH = /^([0-9a-f]{2})\/(\1[0-9a-f]{30})(?:\.([a-z][a-z0-9-]{0,31}))?\.json$/;
const LABEL_PATH = "00/label.json";
const SCHEMA = /^magnitizdat\/[a-z][a-z0-9-]{0,31}\/[0-9]{1,9}$/;
const [LABEL_SCHEMA, RELEASE_SCHEMA] = ["magnitizdat/label/1", "magnitizdat/release/1"];

const DIGEST = /^[0-9a-f]{64}$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
/** Digits of any script, as Python's `\d`: albums whose dates have such were signed. */
const DATE = /^(\p{Nd}{4}(-\p{Nd}{2}(-\p{Nd}{2})?)?)?$/u;

const digest = matching(DIGEST);
const name = text(1, 512);
const short = perhaps(text(0, 4096), "");
const label64 = perhaps(text(0, 64), "");
const names = perhaps(list(name), []);
const language = perhaps(matching(LANGUAGE), "und");
const day = perhaps(matching(DATE), "");

const fileForm = shape({
  sha256: needed(digest),
  length: needed(whole(0, 2 ** 44)),
  media_type: needed(text(0, 64)),
  pieces: perhaps(list(digest), []),
});
const cover = perhaps(orNull(fileForm), null);
const artists = perhaps(list(shape({ name: needed(name), sort_name: short })), []);
const credits = perhaps(list(shape({ name: needed(name), role: needed(text(0, 128)) })), []);
const gain = perhaps(orNull(shape({ gain_db: needed(real()), peak: perhaps(orNull(real()), null) })), null);
const chapter = shape({ start_s: needed(real(0, 1e7)), title: needed(name), artist: short });
const rendition = shape({ kind: needed(matching(/^[a-z0-9][a-z0-9.-]{0,31}$/)), file: needed(fileForm) });
const lyrics = shape({ language, file: needed(fileForm) });

const trackForm = shape({
  ...{ id: needed(digest), title: needed(name), artist: needed(name), file: needed(fileForm) },
  ...{ duration_s: needed(real(0, 1e7)), disc: perhaps(whole(1, 9999), 1), position: perhaps(whole(0, 99999), 0) },
  ...{ codec: perhaps(text(0, 32), ""), bit_rate: perhaps(whole(0, 2 ** 40), 0) },
  ...{ sample_rate: perhaps(whole(0, 2 ** 30), 0), channels: perhaps(whole(0, 256), 0) },
  ...{ bit_depth: perhaps(whole(0, 256), 0), cut_off: perhaps(flag, false), promised_s: perhaps(real(0, 1e7), 0) },
  ...{ genres: names, composer: short, comment: short, isrc: label64, musicbrainz_id: label64, credits, gain, cover },
  ...{ lyrics: perhaps(list(lyrics), []), renditions: perhaps(list(rendition), []), artists, title_sort: short },
  ...{
    composer_sort: short,
    pregap: perhaps(flag, false),
    album_gain: gain,
    chapters: perhaps(list(chapter, 1024), []),
  },
});

const image = shape({
  ...{ name: needed(name), file: needed(fileForm), sheet: cover, folder: short },
  track_id: perhaps(matching(/^([0-9a-f]{64})?$/), ""),
});

const releaseForm = shape({
  ...{ schema: needed(text(1, 64)), id: needed(matching(/^[0-9a-f]{32}$/)), title: needed(name), artist: needed(name) },
  ...{ kind: perhaps(matching(/^[a-z][a-z0-9-]{0,31}$/), "album"), date: day, released: day, published: day },
  ...{ sort_name: short, title_sort: short, aliases: names, genres: names, licence: short, support: short, credits },
  ...{ notes: perhaps(byName(LANGUAGE, fileForm), new Map()), cover, tracks: perhaps(list(trackForm), []) },
  ...{ carried: perhaps(flag, false), withdrawn: perhaps(flag, false), withdrawn_reason: short, artists },
  disc_titles: perhaps(list(shape({ disc: needed(whole(1, 9999)), title: needed(name) })), []),
  ...{ images: perhaps(list(image), []), musicbrainz_id: label64 },
});

const labelForm = shape({
  ...{ schema: needed(text(1, 64)), name: needed(name), language, support: short },
  aliases: perhaps(list(name, 64), []),
  notes: perhaps(byName(LANGUAGE, text(0, 65536)), new Map()),
  letters: perhaps(matching(/^(age1[02-9ac-hj-np-z]{58})?$/), ""),
});

/** A document of a newer mag, which says what nobody here can read. */
export class NewerDocument extends Trouble {
  constructor() {
    super("DamagedError", { key: "trouble.document.newer" });
  }
}

/**
 * What a target path says. A path of another form, or kind, is of a newer mag: it has no kind here.
 * @param {string} path @returns {{ kind: "label" | "release" | "", id: string }}
 */
export function placeOf(path) {
  if (path === LABEL_PATH) return { kind: "label", id: "" };
  const found = PATH.exec(path);
  return found && found[3] === undefined ? { kind: "release", id: found[2] } : { kind: "", id: "" };
}

/** What a label says of itself. Throws: DamagedError, OverBudgetError. @param {Uint8Array} bytes @param {Meter} meter @returns {LabelDocument} */
export const readLabelDocument = (bytes, meter) =>
  read(bytes, BUDGETS.labelDocument.most, LABEL_SCHEMA, labelForm, meter);

/**
 * An album as it was signed. Throws: DamagedError, OverBudgetError.
 * @param {Uint8Array} bytes @param {string} id the one that its path says @param {Meter} meter @returns {Release}
 */
export function readRelease(bytes, id, meter) {
  const release = read(bytes, BUDGETS.release.most, RELEASE_SCHEMA, releaseForm, meter);
  for (const [file, place] of filesOf(release)) requireFile(file, place);
  if (release.id !== id) throw damaged("trouble.document.other_name");
  return release;
}

/** @template T @param {Uint8Array} bytes @param {number} most @param {string} schema @param {Reads<T>} reads @param {Meter} meter @returns {T} */
function read(bytes, most, schema, reads, meter) {
  const parsed = parse(bytes, most, (values) => {
    check(BUDGETS.values, meter.values + values);
    meter.values += values;
  });
  const named = parsed instanceof Map ? parsed.get("schema") : undefined;
  if (named === schema) return reads(parsed);
  if (typeof named === "string" && SCHEMA.test(named)) throw new NewerDocument();
  throw damaged("trouble.document.other_kind");
}

/** Each file of an album, and how a media type begins that may stand in its place. @param {Release} release @returns {Generator<[File, string]>} */
function* filesOf({ cover: front, notes, images, tracks }) {
  for (const each of [front, ...tracks.map((track) => track.cover)]) if (each) yield [each, "image/"];
  for (const note of notes.values()) yield [note, "text/"];
  for (const { file } of images) yield [file, "audio/"];
  for (const { sheet } of images) if (sheet) yield [sheet, "text/"];
  for (const track of tracks) {
    yield [track.file, "audio/"];
    for (const { file } of track.renditions) yield [file, "audio/"];
    for (const { file } of track.lyrics) yield [file, "text/"];
  }
}

/** That it may be passed on, and has a digest for each of its pieces where it has several. @param {File} file @param {string} place */
function requireFile(file, place) {
  if (!isCarried(file.media_type, place)) throw damaged("trouble.document.media_type");
  const pieces = Math.ceil(file.length / PIECE_LENGTH);
  if (file.pieces.length !== (pieces > 1 ? pieces : 0)) throw damaged("trouble.document.pieces");
}
