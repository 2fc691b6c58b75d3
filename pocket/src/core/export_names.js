// Names of files on their way out: the same as the program's `export` gives, which FAT, exFAT, NTFS, ext4 and macOS take.
import { encoded } from "./bytes.js";
import { AUDIO_TYPES, suffixOf } from "./media_types.js";
import { plainText } from "./plain_text.js";

/** @typedef {import("../types.js").Album} Album */
/** @typedef {import("../types.js").Track} Track */
/** @typedef {import("../types.js").SignedFile} SignedFile */

const FORBIDDEN = /[<>:"/\\|?*\x00-\x1f\x7f]/g;
const RESERVED = /^(?:con|prn|aux|nul|con[iıİ]n\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\..*)?$/i;
const LONGEST_NAME = 250; // bytes of a file beside songs
const LONGEST_STEM = 114; // bytes of a file's name without its suffix
const LONGEST_PART = 90; // bytes of the artist, and of the title, in the name of a folder
const LONGEST = 120;

/** @param {string} text */
const lengthOf = (text) => encoded(text).length;

/** The longest beginning of at most so many bytes of UTF-8, no character torn. @param {string} text @param {number} most */
function beginning(text, most) {
  let [length, end] = [0, 0];
  for (const char of text) {
    length += lengthOf(char);
    if (length > most) break;
    end += char.length;
  }
  return text.slice(0, end);
}

/** A file name as near to `text` as every system allows; never empty. @param {string} text */
export function portableName(text, most = LONGEST) {
  const cleaned = plainText(text.replace(/[\r\n\t]+/g, " ")).replace(FORBIDDEN, "_");
  const line = cleaned.replace(/\s+/g, " ").replace(/ +$/, "");
  const name = cut(line.replace(/^[ .-]+/, ""), most).replace(/[. ]+$/, "");
  return (RESERVED.test(name) ? cut(`_${name}`, most) : name) || "_";
}

/** At most that many bytes; a short suffix such as `.flac` stays. @param {string} name @param {number} most */
function cut(name, most) {
  if (lengthOf(name) <= most) return name;
  const [stem, suffix] = apart(name, (text) => lengthOf(text) <= 9);
  return beginning(stem, most - lengthOf(suffix)).trimEnd() + suffix;
}

/** Stem, and suffix with its dot, where it is short enough to be one. @param {string} name @param {(suffix: string) => boolean} isShort */
function apart(name, isShort) {
  const dot = name.lastIndexOf(".");
  return dot > 0 && isShort(name.slice(dot)) ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
}

/** `portableName` of each, made different where a file system could take two for one. @param {readonly string[]} texts */
export const portableNames = (texts, most = LONGEST) =>
  distinct(
    texts.map((text) => portableName(text, most)),
    most,
  );

/** Names that are numbered where a file system could take two for one. @param {readonly string[]} names */
function distinct(names, most = LONGEST_NAME) {
  /** @type {Set<string>} */
  const taken = new Set();
  /** @type {Map<string, number>} */
  const next = new Map();
  return names.map((wished) => {
    let number = next.get(wished) ?? 1;
    let name = numbered(wished, number, most);
    while (taken.has(foldedName(name))) name = numbered(wished, (number += 1), most);
    next.set(wished, number);
    taken.add(foldedName(name));
    return name;
  });
}

/** A name, and from 2 on with ` (2)` and so on before its suffix. @param {string} name @param {number} number @param {number} most */
function numbered(name, number, most) {
  if (number === 1) return name;
  const [stem, suffix] = apart(name, (text) => [...text].length <= 6);
  const mark = ` (${number})${suffix}`;
  return beginning(stem, most - lengthOf(mark)) + mark;
}

/** What names have in common that a file system could take for one. @param {string} name */
export const foldedName = (name) =>
  Array.from(name.normalize("NFKC").toUpperCase().replaceAll("ẞ", "SS"), (char) => char.toLowerCase())
    .join("")
    .normalize("NFKD");

/** The folder of an album, which is also what its ZIP is called. @param {Album} album */
export function folderName({ artist, title, date }) {
  const year = date && ` (${date.slice(0, 4)})`;
  return `${portableName(artist, LONGEST_PART)} - ${portableName(title, LONGEST_PART)}${year}`;
}

/** Names of all tracks of an album in their order, without suffixes. @param {Album} album */
export function trackStems(album) {
  const several = new Set(album.tracks.map(({ disc }) => disc)).size > 1;
  const stems = album.tracks.map((track) => stem(album, track, several));
  return portableNames(stems, LONGEST_STEM);
}

/** @param {Album} album @param {Track} track @param {boolean} several whether there are several discs */
function stem(album, track, several) {
  const place = String(track.position).padStart(2, "0");
  const number = track.number === null ? "" : several ? `${track.disc}-${place} ` : `${place} `;
  return `${number}${album.kind === "compilation" ? `${track.artist} - ` : ""}${track.title}`;
}

/** @typedef {{name: string, file: SignedFile}} Named */

/**
 * Files that go out with an album, each with its name: the tracks that are here, then cover, notes and words.
 * @param {Album} album @param {(track: Track) => SignedFile | null} version which version of a track goes out
 * @returns {Named[]}
 */
export function albumFiles(album, version) {
  const stems = trackStems(album);
  const tracks = album.tracks.flatMap((track, at) => {
    const file = version(track);
    return file ? [{ track, stem: stems[at], file }] : [];
  });
  const songs = tracks.map(({ stem, file }) => ({ name: stem + AUDIO_TYPES[file.mediaType], file }));
  const notes = Object.entries(album.notes).map(([language, file]) => ({
    name: portableName(`notes.${language}.md`),
    file,
  }));
  const cover = album.cover ? [{ name: `cover${suffixOf(album.cover.mediaType)}`, file: album.cover }] : [];
  const words = tracks.flatMap(({ track, stem }) =>
    track.lyrics.map(({ file }, at) => ({ name: `${stem}${at ? `.${at + 1}` : ""}${suffixOf(file.mediaType)}`, file })),
  );
  const others = [...cover, ...notes, ...words].filter(({ file }) => file.here && suffixOf(file.mediaType));
  const names = distinct([...songs, ...others].map(({ name }) => name));
  return [...songs, ...others].map(({ file }, at) => ({ name: names[at], file }));
}
