// What the build puts in.

/** Sentences of other languages than English, by language, in the order of those in `i18n/en.js`. Without the build there is none. */
declare const POCKET_WORDS: Readonly<Record<string, readonly string[]>> | undefined;
