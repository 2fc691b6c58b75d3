// What the build puts in.

/** Sentences of other languages than English, by language and key. Without the build there is none. */
declare const POCKET_WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
