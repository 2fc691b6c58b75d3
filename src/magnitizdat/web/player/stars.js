// What somebody likes best, as the server keeps it: stars, and ratings of one to five.
import { inOrder, post } from "./api.js";

/** @typedef {"songs" | "albums" | "artists"} Kind */

/** @param {Kind} kind @param {Id} id @param {boolean} on */
export const star = (kind, id, on) =>
  inOrder(`star/${kind}/${id}`, () => post("api/star", { songs: [], albums: [], artists: [], [kind]: [id], on }));

/** @param {Id} song @param {number} stars 0 for none */
export const rate = (song, stars) => inOrder(`rate/${song}`, () => post("api/rate", { song, stars }));
