// Files on their way to the server: they go on while somebody listens, whatever the page shows. What came waits in the
// library until it is imported or thrown away; files that did not come have to be chosen again after a reload or a lock.
import { get, isStopped, remove } from "./api.js";
import { inHand, keep } from "./in_hand.js";
import { emit } from "./store.js";
import { send } from "./uploads.js";

const PLACE = "import"; // where it is kept how many there were to be

/** @type {{ files: Dropped[], before: number, loaded: number, total: number, stop: AbortController } | null} */
let way = null;

/** How far it is, in bytes; null where nothing is on its way. */
export const sending = () => way && { done: way.before + way.loaded, total: way.total };

/** How many files were chosen and did not come; they have to be chosen again. */
export const lacking = () => (way ? 0 : (inHand(PLACE)?.lacking ?? 0));

/** Send these too, those that are there already excepted; until all have come, or somebody stops it. @param {Dropped[]} files */
export async function sendAll(files) {
  const there = new Set((await waiting()).map((file) => `${file.length} ${file.name}`));
  const fresh = files.filter(({ file, name }) => !there.has(`${file.size} ${name}`));
  const more = fresh.reduce((sum, { file }) => sum + file.size, 0);
  if (way) {
    way.files.push(...fresh);
    way.total += more;
    return emit("sending");
  }
  way = { files: fresh, before: 0, loaded: 0, total: more, stop: new AbortController() };
  emit("sending");
  await under(way);
}

/** @param {NonNullable<typeof way>} mine */
async function under(mine) {
  try {
    for (let next = mine.files[0]; next; next = mine.files[0]) await one(mine, next);
    ended(mine, 0);
  } catch (error) {
    if (way !== mine) return; // locked meanwhile
    ended(mine, mine.files.length);
    if (!isStopped(error)) throw error;
  }
}

/** @param {NonNullable<typeof way>} mine @param {Dropped} next */
async function one(mine, { file, name }) {
  keep(PLACE, { lacking: mine.files.length });
  const onprogress = (/** @type {number} */ loaded) => {
    mine.loaded = Math.min(loaded, file.size);
    emit("sending");
  };
  await send(file, name, { onprogress, signal: mine.stop.signal });
  mine.files.shift();
  mine.before += file.size;
  mine.loaded = 0;
}

/** @param {NonNullable<typeof way>} mine @param {number} lacks */
function ended(mine, lacks) {
  if (way !== mine) return;
  way = null;
  keep(PLACE, lacks ? { lacking: lacks } : null);
  emit("sending");
}

/** Enough: what came waits. */
export const stop = () => way?.stop.abort();

/** Locked: files that are on their way are let go of. */
export function forget() {
  const was = way;
  way = null;
  was?.stop.abort();
}

/** What came and waits. @param {{ signal?: AbortSignal }} [options] */
export const waiting = async (options) => (await get("api/uploads", options)).uploads;

/** Throw away what waits. */
export async function discard() {
  stop();
  keep(PLACE, null);
  for (const { id } of await waiting()) await remove(`api/uploads/${id}`);
}

// A file that has not come would be lost: the browser asks.
globalThis.addEventListener?.("beforeunload", (event) => {
  if (way) event.preventDefault();
});
