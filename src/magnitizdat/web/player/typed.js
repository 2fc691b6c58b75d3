// What is being typed: the word at its end, and whether its letters are those of another keyboard.
const LAST = /\p{L}+$/u;
const ENOUGH = 2; // letters from which words are offered
const OTHER = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;

/** The word that is begun at the end, in small letters; empty where none is, or hardly. @param {string} text */
export function beginning(text) {
  const begun = LAST.exec(text)?.[0].toLowerCase() ?? "";
  return begun.length >= ENOUGH ? begun : "";
}

/** `text` with the word at its end written out, ready for the next. @param {string} text @param {string} word */
export const completed = (text, word) => `${text.replace(LAST, "")}${word} `;

const WORDS = /^[a-z]+( [a-z]+){4,}$/;

/** Whether `text` is that passphrase, as far as it counts: capitals are nothing in words, blanks and the dots of ё in none. @param {string} text @param {string} passphrase */
export function isSame(text, passphrase) {
  const plain = (/** @type {string} */ one) =>
    one
      .normalize("NFC")
      .replace(/[\s-]+/g, " ")
      .replace(/ё/g, "е")
      .replace(/Ё/g, "Е")
      .trim();
  const typed = plain(text);
  return (WORDS.test(passphrase) ? typed.toLowerCase() : typed) === plain(passphrase);
}

/** Whether it has letters of a keyboard that the words of the list are not written on. @param {string} text */
export const isOtherKeyboard = (text) => OTHER.test(text);

const ASCII = /^[!-~]$/;
/** @type {Record<string, string>} */
const SIGNS = { Slash: "/", Equal: "+", Minus: "-" };

/**
 * The key that is meant, whatever letters the keyboard is set to: where it gives no Latin one, what stands there on a Latin one.
 * @param {{ key: string, code: string }} event
 */
export function meantKey({ key, code }) {
  if (key.length > 1 || key === " " || (ASCII.test(key) && !(key === "." && code === "Slash"))) return key;
  if (code.startsWith("Key")) return code.slice(3).toLowerCase();
  return SIGNS[code] ?? key;
}
