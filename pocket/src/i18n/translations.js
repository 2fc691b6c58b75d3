import english from "./en.js";

const given = typeof POCKET_WORDS === "undefined" ? {} : POCKET_WORDS;
const places = new Map([...new Set(Object.values(english))].map((said, at) => [said, at]));

/**
 * The sentences of `en.js` in other languages, by language and key, which the build brings from the program's
 * catalogues, each once and in the order of the English ones; none without it. What is not translated stays English.
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
export const translations = Object.fromEntries(
  Object.entries(given).map(([code, lines]) => {
    const words = lines.split("\n");
    const entries = Object.entries(english).map(([key, said]) => [key, words[Number(places.get(said))] || said]);
    return [code, Object.fromEntries(entries)];
  }),
);
