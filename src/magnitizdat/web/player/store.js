// What the page knows while it is open. Nothing of it is kept by the browser but theme, language and volume; api.js keeps its session's secrets.
import { Chosen } from "./chosen.js";

export const store = {
  /** @type {Session | null} */
  session: null,
  query: "",
  order: "artist",
  songs: { sort: "shelf", down: false, only: "", genre: "", decade: "" }, // how the table of songs stands
  picked: new Chosen(), // what is ticked in any list; ui/choosing.js changes it, and says so
  /** @type {Promise<Dropped[]> | null} */
  dropped: null, // files that were dropped on the page and wait for Import
  /** @type {Map<string, number>} */
  places: new Map(), // where each list was scrolled to
  /** @type {Paper | null} */
  paper: null, // words that nobody has on paper yet: they are shown, whatever is asked for
  club: "", // the club that a stick shall be filled for
  newFor: "", // the friend whom a stick shall bring what their last reel lacked
  /** @type {{ view: string, text: string } | null} */
  given: null, // what lay in a letter, to be read where such things are read
};

/** The library is locked: what was asked for and chosen in it is nobody's business. */
export function forget() {
  store.query = "";
  Object.assign(store.songs, { sort: "shelf", down: false, only: "", genre: "", decade: "" });
  store.dropped = null;
  store.picked.clear();
  store.places.clear();
  store.club = store.newFor = "";
  store.given = store.paper = null;
}

/** @typedef {{ view: string, words: string, text: string, next: (step: Step, signal: AbortSignal) => unknown }} Paper `next` goes on where `view` was held up */

/** What was handed on to be read in `view`; once. @param {string} view */
export function handed(view) {
  if (store.given?.view !== view) return "";
  const { text } = store.given;
  store.given = null;
  return text;
}

const bus = new EventTarget();

/** @template {keyof Events} Name @param {Name} name @param {Events[Name]} [detail] */
export const emit = (name, detail) => bus.dispatchEvent(new CustomEvent(name, { detail }));

/** Show words until they are on paper. @param {Paper} paper */
export function toPaper(paper) {
  store.paper = paper;
  dispatchEvent(new Event("hashchange"));
}

/**
 * Listen to `name` until `signal` ends.
 * @template {keyof Events} Name
 * @param {Name} name @param {(detail: Events[Name]) => unknown} listener @param {AbortSignal} [signal]
 */
export const listen = (name, listener, signal) =>
  bus.addEventListener(name, (event) => listener(/** @type {CustomEvent} */ (event).detail), { signal });

/** A life within that of `signal`: it ends with it, or before. @param {AbortSignal} signal */
export function within(signal) {
  const life = new AbortController();
  if (signal.aborted) life.abort();
  else signal.addEventListener("abort", () => life.abort(), { signal: life.signal });
  return life;
}

const KEPT = new Set(["theme", "language", "volume"]);

/** @param {string} name @param {string} value */
export function remember(name, value) {
  if (!KEPT.has(name)) throw new TypeError(`${name} is not kept`);
  localStorage.setItem(name, value);
}

/** @param {string} name */
export const remembered = (name) => localStorage.getItem(name);
