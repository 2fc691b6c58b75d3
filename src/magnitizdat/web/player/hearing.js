// How somebody hears: in what loudness, how fast, until when, and what this browser can play. The server keeps what is chosen.
import { inOrder, put } from "./api.js";
import { emit, store } from "./store.js";

const FADE_S = 5; // the last seconds before a rest
const OPUS = 'audio/ogg; codecs="opus"';

/** @type {Hearing} */
const PLAIN = { loudness: "track", speed: 1 };

export const hearing = () => store.session?.hearing ?? PLAIN;

/** Hear otherwise from now on, in every browser of this library. @param {Partial<Hearing>} change */
export async function hear(change) {
  const chosen = { ...hearing(), ...change };
  if (store.session) store.session.hearing = chosen;
  emit("hearing");
  await inOrder("hearing", () => put("api/hearing", chosen));
}

/**
 * How much louder or softer a song is to be, as a factor: loud records come down, and nothing is made louder than it is.
 * @param {Song | null} song
 */
export function level(song) {
  const { loudness } = hearing();
  const gain = loudness === "album" ? (song?.album_gain_db ?? song?.gain_db) : song?.gain_db;
  return loudness === "off" ? 1 : 10 ** (Math.min(gain ?? 0, 0) / 20);
}

/** Songs whose own version did not play in this browser. @type {Set<Id>} */
const refused = new Set();
/** @type {boolean | undefined} */
let opus;

/** In what codec a song is asked for; "" for what most browsers play. @param {Song} song */
export function codecOf(song) {
  opus ??= new Audio().canPlayType?.(OPUS) !== "";
  if (refused.has(song.id)) return opus && song.codec !== "opus" ? "opus" : "mp3";
  return song.anywhere === false && !opus ? "mp3" : "";
}

/** Whether a song that did not play can be tried once more, in another codec. @param {Song | null} song */
export function another(song) {
  if (!song) return false;
  const first = !codecOf(song);
  if (first) refused.add(song.id);
  else refused.delete(song.id); // its codec was not what was wrong
  return first;
}

/** When the music rests: after so many minutes, or with the song that plays. */
export class Rest {
  /** @type {number | "song" | null} */
  #until = null;

  /** What was chosen: minutes that are left, "song", or 0. */
  get left() {
    if (this.#until === null || this.#until === "song") return this.#until ?? 0;
    return Math.max(1, Math.ceil((this.#until - Date.now()) / 60_000));
  }
  /** Whether no other song follows. */
  get withSong() {
    return this.#until === "song";
  }
  get isDue() {
    return typeof this.#until === "number" && Date.now() >= this.#until;
  }
  /** The volume of the last seconds, as a factor. */
  get fading() {
    if (typeof this.#until !== "number") return 1;
    return Math.min(1, Math.max(0, (this.#until - Date.now()) / 1000 / FADE_S));
  }

  /** @param {number | "song"} wanted minutes, "song", or 0 for no rest */
  set(wanted) {
    this.#until = wanted === "song" ? wanted : wanted ? Date.now() + wanted * 60_000 : null;
  }
}
