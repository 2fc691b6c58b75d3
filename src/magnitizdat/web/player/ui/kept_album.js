// An album's fields, kept while somebody puts them right.
import { changed } from "../edits.js";
import { inHand, keep } from "../in_hand.js";
import { albumForm } from "./album_form.js";
import { h, there } from "./dom.js";
import { again } from "./kept.js";

/**
 * The fields of `album` as they were left under `place`; `sent()` once they need no keeping.
 * @param {string} place @param {Fields} album @returns {Part<Fields> & { sent: () => void }}
 */
export function keptAlbum(place, album) {
  const box = h("div", { "data-kept": true });
  const before = albumForm(album).read();
  let fields = albumForm(album);
  const put = (/** @type {Partial<Fields> | undefined} */ found) => {
    fields = albumForm(found ? { ...album, ...found, tracks: onto(album.tracks, found.tracks) } : album);
    box.replaceChildren(...there([found && again(place, () => put(undefined)), fields.node]));
  };
  const look = () => {
    const now = changed(before, fields.read());
    keep(place, Object.keys(now).length ? now : null);
  };
  for (const event of ["input", "change", "click"]) box.addEventListener(event, look); // rows go by a click
  put(inHand(place));
  return { node: box, read: () => fields.read(), sent: () => keep(place, null) };
}

/** Songs with what was typed of each. @param {TrackFields[]} songs @param {TrackFields[]} [typed] */
function onto(songs, typed = []) {
  const named = (/** @type {TrackFields} */ song) => song.id ?? song.upload;
  return songs.map((song) => ({ ...song, ...typed.find((one) => named(one) === named(song)) }));
}
