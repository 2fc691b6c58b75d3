// First letters over a long list: one press, and the list is there.
import { get, isStopped } from "../api.js";
import { t } from "../i18n.js";
import { h } from "./dom.js";
import { reach } from "./virtual.js";

const FEW = 60; // lines that nobody needs letters for

/**
 * Put the first letters of `list` into `box`, where it is long; before it is shown, so that nothing moves what is read.
 * @param {HTMLElement} list @param {"albums" | "artists"} of @param {number} total @param {HTMLElement} box @param {AbortSignal} signal
 */
export async function lettered(list, of, total, box, signal) {
  if (total < FEW) return;
  try {
    const { letters } = await get(`api/letters?of=${of}`, { signal });
    box.replaceChildren(rail(list, letters));
  } catch (error) {
    if (!isStopped(error)) throw error;
  }
}

/** @param {HTMLElement} list @param {[letter: string, at: number][]} letters */
function rail(list, letters) {
  const key = (/** @type {[string, number]} */ [letter, at]) =>
    h(
      "button",
      { type: "button", "aria-label": t("letters.to", { letter }), on: { click: () => reach(list, at) } },
      letter,
    );
  return h("nav", { class: "letters-rail", "aria-label": t("letters.name") }, letters.map(key));
}
