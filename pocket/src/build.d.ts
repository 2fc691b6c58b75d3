// What the build puts in.

/** Sentences of other languages than English, by language, each once and in a line, in the order of those in `i18n/en.js`; none without it. */
declare const POCKET_WORDS: Readonly<Record<string, string>> | undefined;
