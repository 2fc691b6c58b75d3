// Which version of a track is played here, and which goes out: the original, or the small one that its label signed.
import { askedType, SOUND_LENGTH } from "./media.js";
import { AUDIO_TYPES } from "./media_types.js";

/** @typedef {import("../types.js").Track} Track */
/** @typedef {import("../types.js").SignedFile} SignedFile */

const SMALL_KIND = "opus-128";

/** @param {Track} track */
const smallOnes = ({ renditions }) => renditions.filter(({ kind }) => kind === SMALL_KIND).map(({ file }) => file);

/** @param {SignedFile} file */
const isSound = (file) => file.here && Object.hasOwn(AUDIO_TYPES, file.mediaType);

/** Whether any version of it is here. @param {Track} track */
export const isHere = (track) => savedVersion(track) !== null;

/** The version that goes out: the original, or the small one where only that is here. @param {Track} track */
export const savedVersion = (track) => [track.file, ...smallOnes(track)].find(isSound) ?? null;

/**
 * Versions that may play, the one to begin with first.
 * @param {Track} track @param {(type: string) => boolean} plays what the browser says of a type
 * @param {boolean} smallFirst where memory is so short that the browser would write a large file down somewhere
 */
export function playable(track, plays, smallFirst = false) {
  const all = smallFirst ? [...smallOnes(track), track.file] : [track.file, ...smallOnes(track)];
  return all.filter((file) => isSound(file) && file.length <= SOUND_LENGTH && plays(askedType(file.mediaType)));
}

/** Why nothing of it plays here. @param {Track} track @returns {"none" | "long" | "unplayed"} */
export function whyNot(track) {
  const here = [track.file, ...smallOnes(track)].filter((file) => file.here);
  if (!here.length) return "none";
  return here.every((file) => file.length > SOUND_LENGTH) ? "long" : "unplayed";
}
