// What the system is told of what plays: that something does, and what only where the owner allows it. It may keep or show that.
import { coverUrl } from "./api.js";
import { byline } from "./i18n.js";
import { player } from "./player.js";
import { listen, store } from "./store.js";

const COVERS = [128, 480];
let shown = "";

export function lockScreen() {
  if (!("mediaSession" in navigator) || typeof MediaMetadata !== "function") return;
  listen("player", tell);
  listen("session", tell);
  listen("language", tell);
  tell();
}

/** Told once a song, and at once where the owner thinks again or another language is chosen. */
export function tell() {
  const song = store.session?.state === "open" && store.session.show_names ? player.song : null;
  const line = song ? said(song) : { title: "Library" };
  if (shown === JSON.stringify(line)) return;
  shown = JSON.stringify(line);
  navigator.mediaSession.metadata = new MediaMetadata(line);
}

/** @param {Song} song @returns {MediaMetadataInit} */
const said = ({ title, artist, album, cover }) => ({
  title,
  artist: byline(artist),
  album,
  artwork: cover ? COVERS.map((side) => ({ src: coverUrl(cover, side) ?? "", sizes: `${side}x${side}` })) : [],
});
