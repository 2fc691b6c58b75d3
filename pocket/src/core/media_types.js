// Media types that music, pictures and texts may have. Nothing else is played, shown or saved; types are never guessed.

const AUDIO =
  "flac=.flac mpeg=.mp3 ogg=.ogg opus=.opus mp4=.m4a wav=.wav aiff=.aiff x-wavpack=.wv aac=.aac webm=.webm amr=.amr" +
  " x-matroska=.mka x-ms-wma=.wma x-ape=.ape x-tta=.tta x-musepack=.mpc";
/** What a browser runs is no music of a newer writer. */
const RUNS = /svg|html|xml|script|css/;
const NEWER = /^[a-z0-9][a-z0-9.+-]{0,50}$/;

/** Media type to the suffix of a file: as `AUDIO_TYPES` of the program. @type {Readonly<Record<string, string>>} */
export const AUDIO_TYPES = Object.fromEntries(AUDIO.split(" ").map((each) => typeAndSuffix(each)));
/** @type {Readonly<Record<string, string>>} */
export const IMAGE_TYPES = { "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp" };
/** @type {Readonly<Record<string, string>>} */
export const TEXT_TYPES = { "text/markdown": ".md", "text/plain": ".txt", "text/x-lrc": ".lrc" };

/** @param {string} each */
function typeAndSuffix(each) {
  const [name, suffix] = each.split("=");
  return [`audio/${name}`, suffix];
}

/** The suffix of a file of a known type, or undefined. @param {string} mediaType @returns {string | undefined} */
export const suffixOf = (mediaType) =>
  [AUDIO_TYPES, IMAGE_TYPES, TEXT_TYPES].find((types) => Object.hasOwn(types, mediaType))?.[mediaType];

/**
 * Whether a file may stand in a place (`audio/`, `image/`, `text/`): of a known type, or of one of a newer writer.
 * @param {string} mediaType @param {string} place
 */
export function isCarried(mediaType, place) {
  if (!mediaType.startsWith(place)) return false;
  return suffixOf(mediaType) !== undefined || (NEWER.test(mediaType.slice(place.length)) && !RUNS.test(mediaType));
}
