// Where each visit of a view was left: how far it was scrolled, how it was sorted, what was looked for. A visit is an entry
// of the browser's history, which holds a number of it, how far it was scrolled, and which page showed it.
import { inHand, keep, page } from "./in_hand.js";

const PLACE = "places";
const KEPT = 40; // visits, the last ones
const PAUSE_MS = 300; // browsers bear a hundred changes of their history in half a minute

/** @typedef {Record<string, unknown>} Visit */

/** @type {Map<string, Visit>} */
let before = new Map(); // visits of before a reload, as the server knows them
/** @type {Map<string, Visit>} */
let visits = new Map();
/** @type {Visit} */
let current = {};
let id = ""; // of the current one
/** @type {ReturnType<typeof setTimeout> | undefined} */
let due;
let news = false; // whether more has changed than how far it is scrolled: the server hears of that at once

/** Take up the visit that the browser's history stands at: a new one, or one that was left. */
export function arrive() {
  id = history.state?.visit ?? crypto.getRandomValues(new Uint32Array(2)).join("-");
  current = visits.get(id) ?? { ...before.get(id), ...history.state?.left };
  before.delete(id);
  visits.delete(id);
  visits.set(id, current);
  inscribe(); // it was perhaps left before its history knew all of it
}

/** What belongs to the visit that is shown, and is there again when somebody comes back to it. */
export const visit = {
  /** @template Value @param {string} name @param {Value} otherwise @returns {Value} */
  get: (name, otherwise) => /** @type {Value} */ (current[name] ?? otherwise),
  /** @param {string} name @param {unknown} value */
  set: (name, value) => {
    news ||= name !== "scroll" && name !== "query" && current[name] !== value;
    current[name] = value;
    clearTimeout(due);
    due = setTimeout(note, PAUSE_MS);
  },
};

/** The browser's history knows it too, unless it is at another visit by now. A reload can be too quick for what the page says last. */
function note() {
  clearTimeout(due);
  if (history.state?.visit === id) inscribe();
  if (news) tell();
}

function inscribe() {
  history.replaceState({ ...history.state, page, visit: id, left: { scroll: current.scroll } }, "");
}

/** The server keeps where it was, but not what was looked for: of this page alone, for other tabs say theirs. */
function tell() {
  news = false;
  const last = [...visits].slice(-KEPT).map(([id, { query: _, ...visit }]) => [id, visit]);
  if (last.length) keep(PLACE, Object.fromEntries(last));
}

/** Take up visits of before a reload. */
export function recall() {
  if (visits.size) return;
  before = new Map(Object.entries(inHand(PLACE) ?? {}));
}

/** The page is being left. */
export function leave() {
  note();
  tell();
}

/** Locked: what was looked for and where is nobody's business. */
export function forget() {
  clearTimeout(due);
  news = false;
  before = new Map();
  visits = new Map();
  current = {};
}
