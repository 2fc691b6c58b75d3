// Text that is safe on a page: no control, escape, bidi or other invisible characters; NFC. As the program's `clean_text`.

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;
const JOINERS = "\u200c\u200d"; // several scripts are written with them
const ENDS = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;

/** @param {string} text */
export const plainText = (text) =>
  text
    .replace(/\t/g, " ")
    .replace(INVISIBLE, (char) => (JOINERS.includes(char) ? char : ""))
    .normalize("NFC");

/** The same of several lines: what ends one becomes a newline, and nothing stands around the text. @param {string} text */
export const plainLines = (text) => text.split(ENDS).map(plainText).join("\n").trim();
