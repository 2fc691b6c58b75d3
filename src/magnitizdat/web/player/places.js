// Where each visit of a view was left: how far it was scrolled, how it was sorted, what was looked for. A visit is an entry
// of the browser's history, which holds a number of it, and of the one that is being left how far it was scrolled and sorted.
import { inHand, keep } from "./in_hand.js";

const PLACE = "places";
const KEPT = 40; // visits, the last ones

/** @typedef {Record<string, unknown>} Visit */

/** @type {Map<string, Visit>} */
let visits = new Map();
/** @type {Visit} */
let current = {};

/** Take up the visit that the browser's history stands at: a new one, or one that was left. */
export function arrive() {
  const id = history.state?.visit ?? crypto.getRandomValues(new Uint32Array(2)).join("-");
  current = { ...visits.get(id), ...history.state?.left };
  history.replaceState({ visit: id }, "");
  visits.delete(id);
  visits.set(id, current);
}

/** What belongs to the visit that is shown, and is there again when somebody comes back to it. */
export const visit = {
  /** @template Value @param {string} name @param {Value} otherwise @returns {Value} */
  get: (name, otherwise) => /** @type {Value} */ (current[name] ?? otherwise),
  /** @param {string} name @param {unknown} value */
  set: (name, value) => {
    current[name] = value;
  },
};

/** Take up visits of before a reload. */
export function recall() {
  if (visits.size) return;
  visits = new Map(Object.entries(inHand(PLACE) ?? {}));
}

/** The page is being left: the server keeps where it was, but not what was looked for. A reload is quicker than that. */
export function leave() {
  const { scroll, order } = current;
  history.replaceState({ ...history.state, left: { scroll, order } }, "");
  const last = [...visits].slice(-KEPT).map(([id, { query: _, ...visit }]) => [id, visit]);
  if (last.length) keep(PLACE, Object.fromEntries(last));
}

/** Locked: what was looked for and where is nobody's business. */
export function forget() {
  visits = new Map();
  current = {};
}
