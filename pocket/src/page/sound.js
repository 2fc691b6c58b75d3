// What sounds: one track in memory, the next one prepared, the last one let go. It draws nothing.
import { beginsLikeSound } from "../core/container.js";
import { playable, whyNot } from "../core/versions.js";
import { Trouble } from "../core/trouble.js";
import { blobOf } from "./bytes_of.js";

/** @typedef {import("../types.js").Engine} Engine */
/** @typedef {import("../types.js").Album} Album */
/** @typedef {import("../types.js").Track} Track */
/** @typedef {import("../types.js").SignedFile} SignedFile */
/** @typedef {import("../types.js").Sentence} Sentence */
/** @typedef {{album: Album, track: Track}} Song */
/** @typedef {{song: Song, why: "none" | "long" | "unplayed" | "damaged" | "instead" | "press", gone?: Sentence | null}} Notice `gone`: the files do not answer, or what reads them */

const PREPARED = 96 << 20; // bytes: a longer song begins a little later instead
const RESTARTS_S = 3; // before that, "back" is the song before
const PATIENCE_MS = 20_000; // with a browser that does not say what it was given

export class Sound {
  /** @type {Song[]} */
  #queue = [];
  #at = -1;
  /** Versions of the song that may still be tried. @type {SignedFile[]} */
  #left = [];
  /** @type {AbortController} */
  #attempt = new AbortController();
  /** @type {{file: SignedFile, blob: Promise<Blob | null>, stop: AbortController} | null} */
  #next = null;
  #url = "";
  #within = ""; // the element: the silence counts too
  #known = Promise.resolve();
  #resumeS = 0;
  /** @type {Sentence | null} */
  #gone = null;
  #wanted = false;
  /** Whether the song came by itself: then one that does not play is passed over. */
  #onward = false;
  /** How much of the song is unsealed, from 0 to 1; null where nothing is awaited. @type {number | null} */
  loading = null;

  /**
   * @param {HTMLAudioElement} audio
   * @param {{engine: Engine, life: AbortSignal, smallFirst: boolean, changed: () => void, notice: (notice: Notice) => void}} given
   *   `smallFirst`: where memory is so short that the browser would write a large song down somewhere
   */
  constructor(audio, { engine, life, smallFirst, changed, notice }) {
    this.audio = audio;
    this.#smallFirst = smallFirst;
    this.#engine = engine;
    this.#changed = changed;
    this.#notice = notice;
    const listening = { signal: life };
    for (const event of ["play", "pause", "timeupdate", "durationchange", "seeked"])
      audio.addEventListener(event, changed, listening);
    audio.addEventListener("playing", () => this.#prepare(), listening);
    audio.addEventListener("ended", () => this.#ended(), listening);
    audio.addEventListener("error", () => this.#failed(), listening);
    life.addEventListener("abort", () => this.stop());
  }
  #engine;
  #smallFirst;
  #changed;
  #notice;

  /** @returns {Song | null} */
  get song() {
    return this.#queue[this.#at] ?? null;
  }

  /** Whether it sounds, or will as soon as it can. */
  get playing() {
    return this.#url ? !this.audio.paused : this.#wanted;
  }

  get duration() {
    const known = this.audio.duration;
    return this.loading === null && Number.isFinite(known) ? known : (this.song?.track.durationS ?? 0);
  }

  get position() {
    return this.loading === null ? this.audio.currentTime : this.#resumeS;
  }

  get hasNext() {
    return this.#at + 1 < this.#queue.length;
  }

  /** @param {Song[]} queue @param {number} at */
  play(queue, at) {
    this.#queue = queue;
    this.#wanted = true;
    this.#unlock();
    void this.#begin(at);
  }

  toggle() {
    if (!this.song) return;
    this.#wanted = !this.playing;
    if (this.loading === null && !this.#url) void this.#begin(this.#at);
    else if (this.loading === null) this.#wanted ? void this.#start() : this.audio.pause();
    this.#changed();
  }

  next() {
    if (this.hasNext) void this.#begin(this.#at + 1);
  }

  back() {
    if (this.position > RESTARTS_S || this.#at < 1) this.seek(0);
    else void this.#begin(this.#at - 1);
  }

  /** @param {number} toS */
  seek(toS) {
    const wanted = Math.max(0, Math.min(toS, this.duration));
    if (this.loading === null) this.audio.currentTime = wanted;
    else this.#resumeS = wanted;
    this.#changed();
  }

  /** Silence, and nothing in memory. */
  stop() {
    this.#queue = [];
    this.#at = -1;
    this.#wanted = false;
    this.#attempt.abort();
    this.#dropNext();
    this.#release();
    this.loading = null;
  }

  /** @param {number} at @param {boolean} [onward] whether nobody asked for just this song */
  async #begin(at, onward = false) {
    this.#release();
    this.#at = at;
    this.#onward = onward;
    this.#gone = null;
    this.#resumeS = 0;
    const { song } = this;
    if (!song) return;
    this.#left = this.#versions(song.track);
    if (this.#left.length) await this.#try();
    else this.#giveUp(song, whyNot(song.track));
  }

  /** @param {Track} track */
  #versions = (track) => playable(track, (type) => this.audio.canPlayType(type) !== "", this.#smallFirst);

  /** The next version of this song, from where the last one ended. @returns {Promise<void>} */
  async #try() {
    const { song } = this;
    const file = this.#left.shift();
    if (!song || !file) return;
    this.#attempt.abort();
    const attempt = (this.#attempt = new AbortController());
    this.#going(0);
    const blob = await this.#bytes(file, attempt.signal);
    const isSound = blob !== null && (await beginsLikeSound(blob.size, readerOf(blob)));
    if (attempt.signal.aborted) return;
    if (blob && isSound) return this.#load(blob, attempt.signal);
    if (this.#left.length) return this.#try();
    this.#giveUp(song, blob ? "unplayed" : "damaged");
  }

  /** Null where it cannot be read, or is wanted no more. @param {SignedFile} file @param {AbortSignal} signal */
  async #bytes(file, signal) {
    const prepared = this.#next;
    if (prepared?.file === file) {
      this.#next = null;
      signal.addEventListener("abort", () => prepared.stop.abort());
      return prepared.blob;
    }
    this.#dropNext();
    return this.#read(file, signal, (share) => this.#going(share));
  }

  /** @param {SignedFile} file @param {AbortSignal} signal @param {(share: number) => void} going */
  async #read(file, signal, going) {
    try {
      return await blobOf(this.#engine, file, (share) => signal.aborted || going(share), signal);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      if (["UnreachableError", "UnsupportedError"].includes(error.kind)) this.#gone = error.sentence;
      return null; // the other version may be whole
    }
  }

  /** @param {number | null} share */
  #going(share) {
    this.loading = share;
    this.#changed();
  }

  /** @param {Blob} blob @param {AbortSignal} signal */
  async #load(blob, signal) {
    await this.#known;
    if (signal.aborted) return;
    this.#url = URL.createObjectURL(blob);
    this.#put(this.#url);
    if (this.#resumeS) this.audio.currentTime = this.#resumeS;
    this.#going(null);
    if (this.#wanted) await this.#start();
  }

  async #start() {
    try {
      await this.audio.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError" || !this.song) return; // "error" tells
      this.#wanted = false;
      this.#notice({ song: this.song, why: "press" });
      this.#changed();
    }
  }

  #ended() {
    if (!this.#url) return; // that was the silence
    if (this.hasNext) return void this.#begin(this.#at + 1, true);
    this.#wanted = false;
    this.#changed();
  }

  /** It does not decode, now or in the middle: the other version goes on from there. */
  #failed() {
    const { song } = this;
    if (!song || !this.#url) return;
    this.#resumeS = this.audio.currentTime;
    this.#release();
    if (!this.#left.length) return this.#giveUp(song, "unplayed");
    this.#notice({ song, why: "instead" });
    void this.#try();
  }

  /** @param {Song} song @param {Notice["why"]} why */
  #giveUp(song, why) {
    this.#release();
    this.#notice({ song, why, gone: why === "damaged" ? this.#gone : null });
    if (this.#onward && this.hasNext) return void this.#begin(this.#at + 1, true);
    this.#wanted = false;
    this.#going(null);
  }

  #release() {
    this.#attempt.abort();
    if (!this.#url) return;
    URL.revokeObjectURL(this.#url);
    this.audio.pause();
    void this.#empty(this.#url);
    this.#url = "";
  }

  /** @param {string} url */
  async #empty(url) {
    await this.#known;
    if (this.#within !== url) return;
    this.audio.removeAttribute("src");
    this.audio.load();
  }

  /** WebKitGTK stands still for good where something is taken away before it knows what it is. @param {string} url */
  #put(url) {
    this.#within = this.audio.src = url;
    this.#known = new Promise((known) => {
      const late = setTimeout(known, PATIENCE_MS);
      for (const event of ["loadedmetadata", "error"])
        this.audio.addEventListener(event, () => (clearTimeout(late), known()), { once: true });
    });
  }

  /** Unseal the next song while this one sounds. */
  #prepare() {
    const following = this.#url ? this.#queue[this.#at + 1] : null;
    const file = following && this.#versions(following.track)[0];
    if (!file || file.length > PREPARED || this.#next?.file === file) return;
    this.#dropNext();
    const stop = new AbortController();
    this.#next = { file, stop, blob: this.#read(file, stop.signal, () => undefined) };
  }

  #dropNext() {
    this.#next?.stop.abort();
    this.#next = null;
  }

  /** Some browsers let a page play only what a press began; unsealing takes longer than a press. So it begins with silence. */
  #unlock() {
    if (this.#url || this.song) return;
    const url = URL.createObjectURL(new Blob([SILENCE], { type: "audio/wav" }));
    this.#put(url);
    const done = () => URL.revokeObjectURL(url);
    this.audio.play().then(done, done);
  }
}

/** @param {Blob} blob @returns {import("../core/container.js").Read} */
const readerOf = (blob) => async (offset, length) =>
  new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());

/** A tenth of a second in 8 bits. Source: Multimedia Programming Interface and Data Specifications 1.0, "WAVE". */
const SILENCE = new Uint8Array(844).fill(0x80, 44);
const HEAD = [0x46464952, 836, 0x45564157, 0x20746d66, 16, 0x10001, 8000, 8000, 0x80001, 0x61746164, 800];
for (const [at, word] of HEAD.entries()) new DataView(SILENCE.buffer).setUint32(4 * at, word, true);
