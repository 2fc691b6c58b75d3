// What somebody types and has not sent yet. The server keeps it sealed in the library, so that it is there again after a
// reload, a way back, a lock, and another start of the server; the browser keeps nothing of it.
import { get, put } from "./api.js";

const PAUSE_MS = 400; // typing is told when it pauses
const LONGEST = 60_000; // characters that a page which is being left can still send

/** @type {Map<string, unknown>} */
const held = new Map();
/** @type {Map<string, ReturnType<typeof setTimeout>>} */
const due = new Map();

/** Take up what is kept, when the library is open. */
export async function recall() {
  const found = await get("api/in-hand").catch(() => ({ places: {} }));
  for (const [place, value] of Object.entries(found.places)) if (!due.has(place)) held.set(place, value);
}

/** The library is locked: what was typed is kept in it, and here no more. */
export function forget() {
  due.forEach(clearTimeout);
  due.clear();
  held.clear();
}

/** What is kept of a place; undefined where nothing is. @param {string} place @returns {any} */
export const inHand = (place) => held.get(place);

/** All that is kept. */
export const places = () => [...held];

/** What stands in a place now; null once it was sent, or thrown away. @param {string} place @param {unknown} value */
export function keep(place, value) {
  if (value === null && !held.has(place)) return;
  if (value === null) held.delete(place);
  else held.set(place, value);
  clearTimeout(due.get(place));
  due.set(
    place,
    setTimeout(() => tell(place), PAUSE_MS),
  );
}

/** Tell the server at once what it does not know yet: somebody leaves, or locks. */
export const flush = () => Promise.all([...due.keys()].map(tell));

/** @param {string} place */
async function tell(place) {
  clearTimeout(due.get(place));
  due.delete(place);
  const value = held.get(place) ?? null;
  const keepalive = JSON.stringify(value).length < LONGEST;
  await put("api/in-hand", { place, value }, { keepalive }).catch(() => null);
}
