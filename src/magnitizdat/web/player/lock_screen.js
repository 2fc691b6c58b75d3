// What the system is told of what plays: that something does, and what only where the owner allows it. It may keep or show that.
import { coverUrl } from "./api.js";
import { player } from "./player.js";
import { listen, store } from "./store.js";

const COVERS = [128, 480];
let shown = "";

export function lockScreen() {
  if (!("mediaSession" in navigator) || typeof MediaMetadata !== "function") return;
  listen("player", tell);
  listen("session", tell);
  tell();
}

/** Told once a song, and at once where the owner thinks again. */
export function tell() {
  const song = store.session?.state === "open" && store.session.show_names ? player.song : null;
  if (shown === (song?.id ?? "none")) return;
  shown = song?.id ?? "none";
  navigator.mediaSession.metadata = new MediaMetadata(song ? said(song) : { title: "Library" });
}

/** @param {Song} song @returns {MediaMetadataInit} */
const said = ({ title, artist, album, cover }) => ({
  title,
  artist,
  album,
  artwork: cover ? COVERS.map((side) => ({ src: coverUrl(cover, side) ?? "", sizes: `${side}x${side}` })) : [],
});
