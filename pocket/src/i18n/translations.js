/**
 * The sentences of `en.js` in other languages, by language and key, which the build brings from the program's
 * catalogues; none without it.
 */
export const translations = typeof POCKET_WORDS === "undefined" ? {} : POCKET_WORDS;
