// Text of others that is safe to show: as `clean_text`, `clean_line` and `clean_lines` of the big program.

/** Control characters, invisible ones, those that turn the direction, and what no Unicode knows; but for two joiners. */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;
/** What Python takes for white space, and for the end of a line. */
const SPACES = /[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
export const LINE_END = /\r\n|[\n-\r\u001c-\u001e\u0085\u2028\u2029]/;

/** Marks over one letter beyond thirty: to sort n of them takes n² steps; no language has more (UAX #15, 13). */
const MARKS = /(\p{M}{30})\p{M}+/gu;

/** Without ends of lines too. @param {string} text */
export function plainText(text) {
  const kept = text.replaceAll("\t", " ").replace(INVISIBLE, "").replace(MARKS, "$1");
  // Last, for what was between two characters is gone now; and of marks again, for some letters and marks become two.
  return kept.normalize("NFC").replace(MARKS, "$1");
}

/** In one line, with one space where there was any. @param {string} text */
export const plainLine = (text) => oneSpaced(plainText(oneSpaced(text)));

/** In several lines, with nothing around them. @param {string} text */
export const plainLines = (text) => stripped(text.split(LINE_END).map(plainText).join("\n"));

/** With one space where there was any. @param {string} text */
export const spaced = (text) => text.split(SPACES).join(" ");

/** @param {string} text */
const oneSpaced = (text) => text.split(SPACES).filter(Boolean).join(" ");

/** Without white space around it, a character a step: what a pattern tries again at each blank takes hours. @param {string} text */
function stripped(text) {
  let start = 0;
  let end = text.length;
  while (start < end && SPACES.test(text[start])) start += 1;
  while (end > start && SPACES.test(text[end - 1])) end -= 1;
  return text.slice(start, end);
}
