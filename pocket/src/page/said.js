// What is said to whoever does not look: one line, spoken when there is time for it.
import { part } from "./dom.js";

/** @param {string} text */
export function announce(text) {
  part("announcer").textContent = text;
}
