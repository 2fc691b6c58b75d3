// Long work on the server: started here, watched until it ends, stopped when asked.
import { ApiError, get, post, remove } from "./api.js";
import { emit, store } from "./store.js";

const PAUSE_MS = 1000;
/** @type {Map<Id, Job>} */
const jobs = new Map();
const watched = new Set();

export const all = () => [...jobs.values()];
export const running = () => all().filter((job) => job.state === "running");
/** @param {Id} id */
export const job = (id) => jobs.get(id);
/** @param {Id} id */
export const stop = (id) => remove(`api/jobs/${id}`);

/** Start `verb` with `options`; the job is told as event "jobs" whenever it changes. @param {Verb} verb @param {object} options */
export async function start(verb, options) {
  const begun = await post("api/jobs", { verb, ...options });
  jobs.set(begun.id, begun);
  follow(begun.id);
  return begun.id;
}

/** Take up what already runs, after a reload. */
export async function recall() {
  const found = await get("api/jobs").catch(() => ({ jobs: [] }));
  for (const known of found.jobs) {
    jobs.set(known.id, known);
    if (known.state === "running") follow(known.id);
  }
  emit("jobs");
}

/** The library is locked: words that open reels, and names of music, go with it. */
export const forget = () => jobs.clear();

/** @param {Id} id */
async function follow(id) {
  if (watched.has(id)) return;
  watched.add(id);
  while (jobs.get(id)?.state === "running" && store.session?.state === "open") {
    const before = performance.now();
    await look(id);
    emit("jobs");
    const rest = PAUSE_MS - (performance.now() - before);
    if (rest > 0 && jobs.get(id)?.state === "running") await new Promise((resolve) => setTimeout(resolve, rest));
  }
  watched.delete(id);
  const last = jobs.get(id);
  if (last && last.state !== "running") emit("finished", last);
}

/** Ask for what is new; of a job that the server knows no more, its refusal is the end. @param {Id} id */
async function look(id) {
  const known = jobs.get(id);
  try {
    keep(await get(`api/jobs/${id}?wait=1`));
  } catch (error) {
    if (known && error instanceof ApiError) keep({ ...known, state: "failed", sentence: error.message });
  }
}

/** Not of a job that was forgotten meanwhile. @param {Job} job */
function keep(job) {
  if (jobs.has(job.id)) jobs.set(job.id, job);
}
