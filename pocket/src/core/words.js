// Words as somebody typed them: in capitals, with dashes, on another keyboard, four letters of each.
import { wordList } from "./word_list.js";

/** @typedef {import("../types.js").Secret} Secret */
/** @typedef {import("../types.js").Sentence} Sentence */

/** Letters that tell a word. Source: BIP-39, "Wordlist". */
export const ENOUGH = 4;

const whole = new Set(wordList);
const begun = new Map(wordList.map((word) => [word.slice(0, ENOUGH), word]));

const [QWERTY, RUSSIAN] = ["qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюё"];
/** Letters of other keyboards by the Latin ones on the same keys, in the order in which they are tried. */
const LAYOUTS = [
  [QWERTY, RUSSIAN],
  [QWERTY, "йцукенгшщзхїфівапролджєячсмитьбюґ"],
  [QWERTY, "йцукенгшўзх'фывапролджэячсмітьбюё"],
  ["qwertzuiopü+asdfghjklöäyxcvbnm,.^", RUSSIAN],
  ["azertyuiop^$qsdfghjklmùwxcvbn,;:²", RUSSIAN],
  ["wertyuiopasdfghjklzxcvbnm", "ςερτυθιοπασδφγηξκλζχψωβνμ"],
].map(([latin, other]) => new Map([...other].map((letter, at) => [letter, latin[at]])));

/** A key's own line, also in a file of age that has remarks before it. */
const IDENTITY = /^[ \t]*AGE-SECRET-KEY-/im;

/** What was typed, as what it is: a key, or words. @param {string} typed @returns {Secret} */
export const secretOf = (typed) => (IDENTITY.test(typed) ? { identity: typed.trim() } : { words: typed });

/** Words one by one, without what stands between them; Turkish keys write i in two ways of their own. @param {string} text */
export const typedWords = (text) =>
  text
    .normalize("NFKC")
    .replace(/[İı]/g, "i")
    .toLowerCase()
    .match(/[\p{L}\p{Nl}\p{No}]+/gu) ?? [];

/**
 * Words of the list as they stand in it, one space between them. Where one of them is no word of it, capitals, blanks
 * and dashes do not matter.
 * @param {string} text
 */
export function normalWords(text) {
  const found = typedWords(text).map(meant);
  if (found.length && found.every(Boolean)) return found.join(" ");
  return text.toLowerCase().replaceAll("-", " ").trim().split(/\s+/).join(" ");
}

/**
 * Which of the words are none of the list, by their places; null where most are not: then they are others.
 * @param {string} text
 * @returns {Sentence | null}
 */
export function lookAgain(text) {
  const found = typedWords(text).map(meant);
  const unknown = found.flatMap((word, at) => (word ? [] : [at + 1]));
  if (!unknown.length || unknown.length * 2 >= found.length) return null;
  if (unknown.length === 1) return { key: "trouble.word_unknown", values: { place: unknown[0] } };
  return { key: "trouble.words_unknown", values: { places: unknown.join(", ") } };
}

/** Words of a reel, as `reel/words.py` makes them. */
const COUNT = 6;

/**
 * What can be said of words before any is tried: of those off the list, and of more or fewer than there are where all
 * are on it. Null where they may open something.
 * @param {string} text
 * @returns {Sentence | null}
 */
export function cannotOpen(text) {
  const found = typedWords(text).map(meant);
  if (!found.every(Boolean)) return lookAgain(text);
  return found.length === COUNT ? null : { key: "trouble.words_count", values: { n: found.length } };
}

/** The word of the list; empty where it is none. @param {string} word */
function meant(word) {
  for (const each of [word, ...LAYOUTS.map((layout) => swapped(word, layout))]) {
    if (whole.has(each)) return each;
    const long = begun.get(each.slice(0, ENOUGH)) ?? "";
    if (each.length >= ENOUGH && long.startsWith(each)) return long;
  }
  return "";
}

/** The same keys on a Latin keyboard. @param {string} word @param {Map<string, string>} layout */
const swapped = (word, layout) => Array.from(word, (letter) => layout.get(letter) ?? letter).join("");
