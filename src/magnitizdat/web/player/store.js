// What the page knows while it is open. Nothing of it is kept by the browser but theme, language and volume; api.js keeps its session's secrets.
export const store = {
  session: null,
  query: "",
  order: "artist",
  picked: new Map(), // album id -> title: chosen to be given away; fill, share and publish start from them
  dropped: null, // a promise of files that were dropped on the page and wait for Publish
  places: new Map(), // where each list was scrolled to
};

const bus = new EventTarget();

export const emit = (name, detail) => bus.dispatchEvent(new CustomEvent(name, { detail }));

/** Listen to `name` until `signal` ends. */
export const listen = (name, listener, signal) =>
  bus.addEventListener(name, (event) => listener(event.detail), { signal });

const KEPT = new Set(["theme", "language", "volume"]);

export function remember(name, value) {
  if (!KEPT.has(name)) throw new TypeError(`${name} is not kept`);
  if (value === null) localStorage.removeItem(name);
  else localStorage.setItem(name, value);
}

export const remembered = (name) => localStorage.getItem(name);
