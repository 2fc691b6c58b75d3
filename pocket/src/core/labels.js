// A label out of its papers, verified.
import { Trouble } from "./trouble.js";

/** @typedef {import("../types.js").Label} Label */
/** @typedef {import("../types.js").Sentence} Sentence */

/**
 * @param {string} _imprint
 * @param {(name: string, most: number) => Promise<Uint8Array | null>} _paperOf
 * @param {object} _tools
 * @returns {Promise<{ label: Label, left: { notes: Sentence[], bad: Sentence[] } }>}
 */
export async function readLabel(_imprint, _paperOf, _tools) {
  throw new Trouble("UnsupportedError", { key: "trouble.crashed" });
}
