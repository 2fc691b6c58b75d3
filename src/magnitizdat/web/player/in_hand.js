// What somebody types and has not sent yet. The server keeps it sealed in the library, so that it is there again after a
// reload, a way back, a lock, and another start of the server; the browser keeps nothing of it.
import { get, inOrder, put } from "./api.js";

const PAUSE_MS = 400; // typing is told when it pauses
const LONGEST = 60_000; // bytes that a page which is being left can still send: browsers take 64 KiB of all that it says then

const named = () => crypto.getRandomValues(new Uint32Array(2)).join("-");

/** Of this page as it was loaded. Its entries in the browser's history say it, for a page that takes its place there. */
export let page = named();
let over = false; // whether its last words were said

/** The page that this one took the place of: what is in hand is asked for after its last words. @type {string} */
let before = history.state?.page ?? "";

/** @type {Map<string, unknown>} */
const held = new Map();
/** @type {Map<string, ReturnType<typeof setTimeout>>} */
const due = new Map();
/** @type {Map<string, number>} */
const unanswered = new Map(); // place -> how often it was told and not yet heard

/** Take up what is kept, when the library is open. */
export async function recall() {
  const found = await get(before ? `api/in-hand?after=${before}` : "api/in-hand").catch(() => ({ places: {} }));
  before = "";
  for (const [place, value] of Object.entries(found.places)) if (!due.has(place)) held.set(place, value);
}

/** The library is locked: what was typed is kept in it, and here no more. */
export function forget() {
  before = "";
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
  if (over) begin();
  if (value === null) held.delete(place);
  else held.set(place, value);
  clearTimeout(due.get(place));
  due.set(
    place,
    setTimeout(() => tell(place), PAUSE_MS),
  );
}

/** Nobody left after all: what is said now is of another page, for those were last words. */
function begin() {
  over = false;
  page = named();
  history.replaceState({ ...history.state, page }, "");
}

/** Tell the server at once what it does not know yet, or has perhaps not heard: somebody locks. */
export const flush = () => Promise.all(unheard().map(tell));

/** Places of which the server has perhaps not heard the last. */
const unheard = () => [...new Set([...due.keys(), ...unanswered.keys()])];

/** Whether nothing was said since the page was left, or nearly. */
export const isOver = () => over;

/** The page is being left: its last words, with all that the server has perhaps not heard. What is too long goes by itself. */
export function leave() {
  over = true;
  const [short, long] = fitting(unheard());
  long.filter((place) => due.has(place)).forEach((place) => say(words([place], false))); // behind nothing: there is no later
  due.forEach(clearTimeout);
  due.clear();
  return say(words(short, true));
}

/** Places that fit into what a page can say at its end, and the others. @param {string[]} places */
function fitting(places) {
  let room = LONGEST;
  const [short, long] = [/** @type {string[]} */ ([]), /** @type {string[]} */ ([])];
  for (const place of places) {
    const length = lengthOf({ [place]: now(place) });
    (length > room ? long : short).push(place);
    if (length <= room) room -= length;
  }
  return [short, long];
}

/** @param {string} place */
const now = (place) => held.get(place) ?? null;

/** Bytes on the way. @param {object} value */
const lengthOf = (value) => new Blob([JSON.stringify(value)]).size;

/** @param {string} place */
async function tell(place) {
  clearTimeout(due.get(place));
  due.delete(place);
  unanswered.set(place, (unanswered.get(place) ?? 0) + 1);
  const told = words([place], false);
  await inOrder(`in hand/${page}/${place}`, () => say(told));
  const left = (unanswered.get(place) ?? 0) - 1;
  if (left > 0) unanswered.set(place, left);
  else unanswered.delete(place);
}

/** @typedef {{ page: string, places: Record<string, unknown>, left: boolean }} Words */

/** What there is to say now of some places. @param {string[]} some @param {boolean} left whether these are the last words @returns {Words} */
const words = (some, left) => ({ page, places: Object.fromEntries(some.map((place) => [place, now(place)])), left });

/** @param {Words} body */
async function say(body) {
  await put("api/in-hand", body, { keepalive: lengthOf(body) < LONGEST + 1000 }).catch(() => null);
}
