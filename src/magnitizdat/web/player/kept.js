// What the browser keeps of the page's shell, so that it can stand among a phone's apps: nothing of the library.

/** Once what was asked for is shown; where the browser takes no such thing, as over plain http, the page goes without. */
export function keepShell() {
  const later = globalThis.requestIdleCallback ?? setTimeout;
  later(() => navigator.serviceWorker?.register("worker.js", { updateViaCache: "none" }).catch(() => null));
}

/** In danger: that too. */
export async function forgetShell() {
  const known = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  const names = (await globalThis.caches?.keys()) ?? [];
  await Promise.allSettled([...known.map((one) => one.unregister()), ...names.map((name) => caches.delete(name))]);
}
