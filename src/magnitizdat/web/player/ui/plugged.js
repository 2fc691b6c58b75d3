// What is plugged in or pulled while somebody looks is noticed.
import { get } from "../api.js";

const LOOK_MS = 3000;

/**
 * Look again and again until `signal`, and hand what is there to `changed(sticks)`; `busy()`: somebody's hands are in the list.
 * @param {Stick[]} before @param {(sticks: Stick[]) => void} changed @param {AbortSignal} signal
 */
export async function lookForSticks(before, changed, signal, busy = () => false) {
  let last = JSON.stringify(before);
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (signal.aborted || document.hidden || busy()) continue;
    const found = await get("api/sticks", { signal }).catch(() => null);
    if (!found || JSON.stringify(found.sticks) === last) continue;
    last = JSON.stringify(found.sticks);
    changed(found.sticks);
  }
}
