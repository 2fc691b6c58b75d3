// Keeps the shell of the page, which every copy of this program has, for when its server does not answer. Of the library it
// neither sees nor keeps anything: what is asked of the API goes past it.
const SHELF = "shell";
const HOME = new URL("./", location.href);

/** Part of the shell: the page itself, and what it is made of. @param {Request} request */
function isShell(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== HOME.origin || url.search) return false;
  return url.pathname === HOME.pathname || url.pathname.startsWith(`${HOME.pathname}static/`);
}

/** The server's answer, always, where it gives one: what is kept is for when there is none, and never older than what was shown last. @param {Request} request */
async function fresh(request) {
  const answer = await fetch(request).catch(() => null);
  const shelf = await caches.open(SHELF);
  if (answer?.ok) await shelf.put(request.url, answer.clone());
  return answer ?? (await shelf.match(request.url, { ignoreVary: true })) ?? Response.error();
}

/** The page, and all that it asks for before anything is shown. */
async function stock() {
  const page = await fetch(HOME);
  if (!page.ok) return; // the session is over: another day
  const shelf = await caches.open(SHELF);
  const parts = (await page.clone().text()).matchAll(/(?:src|href)="(static\/[^"]+)"/g);
  await shelf.put(HOME, page);
  await shelf.addAll([...parts].map(([, part]) => `${HOME}${part}`));
}

const worker = /** @type {any} */ (self);
worker.addEventListener("install", (/** @type {any} */ event) =>
  event.waitUntil(stock().then(() => worker.skipWaiting())),
);
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  if (isShell(event.request)) event.respondWith(fresh(event.request));
});
