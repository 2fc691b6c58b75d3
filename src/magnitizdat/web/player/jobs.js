// Long work on the server: started here, watched until it ends, stopped when asked.
import { GoneError, get, post, remove } from "./api.js";
import { emit, store } from "./store.js";

const PAUSE_MS = 1000;
const jobs = new Map();
const watched = new Set();

export const all = () => [...jobs.values()];
export const running = () => all().filter((job) => job.state === "running");
export const job = (id) => jobs.get(id);
export const stop = (id) => remove(`api/jobs/${id}`);

/** Start `verb` with `options`; the job is told as event "jobs" whenever it changes. */
export async function start(verb, options = {}) {
  const { id } = await post("api/jobs", { verb, ...options });
  jobs.set(id, { id, verb, state: "running", done: 0, total: 0, said: [], missing: [] });
  follow(id);
  return id;
}

/** Take up what already runs, after a reload. */
export async function recall() {
  const found = await get("api/jobs").catch(() => []);
  for (const known of found.jobs ?? found) {
    jobs.set(known.id, known);
    if (known.state === "running") follow(known.id);
  }
  emit("jobs");
}

async function follow(id) {
  if (watched.has(id)) return;
  watched.add(id);
  while (jobs.get(id)?.state === "running" && store.session?.state === "open") {
    const before = performance.now();
    try {
      jobs.set(id, await get(`api/jobs/${id}?wait=1`));
    } catch (error) {
      if (!(error instanceof GoneError)) break;
    }
    emit("jobs", jobs.get(id));
    const spent = performance.now() - before;
    if (spent < PAUSE_MS) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS - spent));
  }
  watched.delete(id);
  emit("jobs", jobs.get(id));
  emit("finished", jobs.get(id));
}
