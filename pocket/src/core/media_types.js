// Media types that music, pictures and texts may have. Nothing else is played, shown or saved; types are never guessed.

const AUDIO =
  "flac=.flac mpeg=.mp3 ogg=.ogg opus=.opus mp4=.m4a wav=.wav aiff=.aiff x-wavpack=.wv aac=.aac webm=.webm amr=.amr " +
  "x-matroska=.mka x-ms-wma=.wma x-ape=.ape x-tta=.tta x-musepack=.mpc";
const IMAGES = "jpeg=.jpg png=.png gif=.gif webp=.webp";
const TEXTS = "markdown=.md plain=.txt x-lrc=.lrc";
/** What a browser runs is no music of a newer writer. */
const RUNS = /svg|html|xml|script|css/;
const NEWER = /^[a-z0-9][a-z0-9.+-]{0,50}$/;

/** @param {string} family @param {string} types @returns {[string, string][]} */
const suffixes = (family, types) =>
  types.split(" ").map((each) => {
    const [type, suffix] = each.split("=");
    return [`${family}/${type}`, suffix];
  });

/** The suffix of a file by its media type. @type {ReadonlyMap<string, string>} */
export const MEDIA_TYPES = new Map([
  ...suffixes("audio", AUDIO),
  ...suffixes("image", IMAGES),
  ...suffixes("text", TEXTS),
]);

/** Whether a file may stand in a place (`audio/`, `image/`, `text/`): of a known type, or of one of a newer writer. @param {string} mediaType @param {string} place */
export function isCarried(mediaType, place) {
  if (!mediaType.startsWith(place)) return false;
  return MEDIA_TYPES.has(mediaType) || (NEWER.test(mediaType.slice(place.length)) && !RUNS.test(mediaType));
}
