// Values that pass between the rooms of pocket: core (bytes in, values out), engine (opens and verifies) and page (shows).

/** Bytes asked for by where they lie. `readAt` gives at most `length` bytes, fewer only at the end. */
export interface ReadAt {
  readonly length: number;
  readAt(offset: number, length: number): Promise<Uint8Array>;
}

/** A file as somebody gave it; `path` is where it lay, with `/`, or its bare name. */
export interface GivenFile extends ReadAt {
  readonly path: string;
}

/** What opens a reel: six words as they were typed, or an identity as age writes it. */
export type Secret = { readonly words: string } | { readonly identity: string };

/** A file that a label signed. `pieces`: SHA-256 of each MiB, empty where the file is at most one. `here`: every piece is in the reel. */
export interface SignedFile {
  readonly sha256: string;
  readonly length: number;
  readonly mediaType: string;
  readonly pieces: readonly string[];
  readonly here: boolean;
}

export interface Rendition {
  readonly kind: string;
  readonly file: SignedFile;
}

/** Words of a track: plain text, or LRC where they are timed. `language` is a tag, or `und`. */
export interface Lyrics {
  readonly language: string;
  readonly file: SignedFile;
}

/** A track as its label signed it. Texts are plain: invisible characters and those that turn the direction are out.
 * `number` on its disc, also 0 (of a pregap); null where nobody said one. Those that `export` counts on: `Track.number`. */
export interface Track {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  readonly disc: number;
  readonly position: number;
  readonly number: number | null;
  readonly durationS: number;
  readonly file: SignedFile;
  readonly renditions: readonly Rendition[];
  readonly lyrics: readonly Lyrics[];
}

/** `kind`: `album`, `compilation`, … as signed. `notes` by language tag. */
export interface Album {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly artist: string;
  readonly date: string;
  readonly released: string;
  readonly notes: Readonly<Record<string, SignedFile>>;
  readonly cover: SignedFile | null;
  /** Its label took it back: marked, and neither played nor saved. */
  readonly withdrawn: boolean;
  readonly withdrawnReason: string;
  readonly carried: boolean;
  readonly tracks: readonly Track[];
}

/** A label whose whole chain was verified. `signedOn`: YYYY-MM-DD of its timestamp, or empty. */
export interface Label {
  readonly imprint: string;
  readonly name: string;
  readonly fourWords: readonly string[];
  readonly signedOn: string;
  readonly version: number;
  readonly albums: readonly Album[];
}

/** A sentence by its key in `i18n/en.js`, with what fills it. */
export interface Sentence {
  readonly key: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** What was found and verified. Nothing unverified is in it but `refused`, which names imprints alone. */
export interface Catalogue {
  readonly labels: readonly Label[];
  readonly refused: readonly { readonly imprint: string; readonly why: Sentence }[];
  readonly passedOver: number;
  readonly segments: number;
  readonly unreadable: number;
  readonly notes: readonly Sentence[];
  readonly decryptedBytes: number;
}

/** How far long work is: `done` of `total` bytes. */
export type Progress = (doing: string, done: number, total: number) => void;

/** What the page asks of the engine, beside it in a worker or in slices. */
export interface Engine {
  open(files: readonly GivenFile[], secret: Secret, progress: Progress): Promise<Catalogue>;
  /**
   * Chunks of a signed file in order, each verified before it is given; the whole is verified before the last one is.
   * After `signal` no chunk comes any more, and it is rejected with a `Trouble` of kind `Stopped`. Several may run at once.
   */
  read(file: SignedFile, chunk: (bytes: Uint8Array) => void, progress?: Progress, signal?: AbortSignal): Promise<void>;
  /** Stops what runs, overwrites keys and lets go of everything. */
  forget(): void;
}
