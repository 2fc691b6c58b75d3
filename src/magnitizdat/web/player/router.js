// Where we are stands in the fragment, as words of the page and opaque ids only.
const routes = new Map();
let life = new AbortController();

/** `name` is the first part of the fragment; `load` imports the view's module. */
export const route = (name, load) => routes.set(name, load);

export function here() {
  const [name = "", ...rest] = decodeURIComponent(location.hash.replace(/^#\/?/, "")).split("/");
  return { name: routes.has(name) ? name : "albums", params: rest };
}

export const go = (name, ...params) => {
  location.hash = `#/${[name, ...params].map(encodeURIComponent).join("/")}`;
};

/** End the view that is shown and hand out the life of the next. */
export function turnOver() {
  life.abort();
  life = new AbortController();
  return life.signal;
}

export const viewOf = (name) => routes.get(name)();
