// Where we are stands in the fragment, as words of the page and opaque ids only.
import { GoneError } from "./api.js";

/** @type {Map<string, () => Promise<View>>} */
const routes = new Map();
let life = new AbortController();

/** `name` is the first part of the fragment; `load` imports the view's module. @param {string} name @param {() => Promise<View>} load */
export const route = (name, load) => routes.set(name, load);

export function here() {
  const [name = "", ...params] = location.hash.replace(/^#\/?/, "").split("/").map(plain);
  return { name: routes.has(name) ? name : "home", params };
}

/** A part of the fragment as it was meant; one that nobody can have meant stays as it is. @param {string} part */
function plain(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** @param {string} name @param {...string} params */
export const go = (name, ...params) => {
  location.hash = `#/${[name, ...params].map(encodeURIComponent).join("/")}`;
};

/** End the view that is shown and hand out the life of the next. */
export function turnOver() {
  life.abort();
  life = new AbortController();
  return life.signal;
}

/** @param {string} name */
export async function viewOf(name) {
  const load = routes.get(name);
  if (!load) throw new TypeError(`${name} is no view`);
  return load().catch((error) => {
    throw new GoneError("gone", { cause: error }); // of the page itself only what was not loaded yet can be lacking
  });
}
