// All that is known of a song, and the rating that one gives it.
import { get } from "../api.js";
import { byline, clock, day, number, size, t } from "../i18n.js";
import { rate } from "../stars.js";
import { tell } from "./dialog.js";
import { h } from "./dom.js";
import { meterInput } from "./meter.js";
import { complain } from "./notice.js";

/** @param {Song} song */
export async function songInfo(song) {
  const found = await get(`api/songs/${encodeURIComponent(song.id)}`);
  const rating = meterInput(found.rating || null);
  rating.addEventListener("change", (event) => {
    const stars = event.target instanceof HTMLInputElement ? Number(event.target.value) : 0;
    song.rating = stars;
    rate(song.id, stars).catch(complain);
  });
  const dialog = tell(found.title, [
    h(
      "dl",
      { class: "facts" },
      facts(found).map(([name, value]) => [h("dt", {}, name), h("dd", { dir: "auto" }, value)]),
    ),
    rating,
  ]);
  dialog.classList.add("song-info");
}

/** @param {SongSheet} song @returns {[string, string][]} */
function facts(song) {
  /** @type {[string, string][]} */
  const all = [
    [t("songs.artist"), song.artists.map(byline).join(", ")],
    [t("songs.album"), song.album],
    [t("songs.number"), song.number ? number(song.number) : ""],
    [t("songs.year"), String(song.year ?? "")],
    [t("album.genres"), song.genres.join(", ")],
    [t("songs.composer"), song.composer],
    ...song.credits.map((credit) => /** @type {[string, string]} */ ([credit.role, credit.name])),
    [t("album.label"), song.label],
    [t("songs.duration"), clock(song.duration_s)],
    [t("songs.sound"), sound(song)],
    [t("songs.length"), size(song.length)],
    [t("songs.plays"), song.play_count ? number(song.play_count) : t("songs.never")],
    [t("songs.played"), song.played && day(song.played)],
    [t("songs.comment"), song.comment],
    ["ISRC", song.isrc],
  ];
  return all.filter(([, value]) => value);
}

/** "FLAC · 44.1 kHz · 16 bit · 902 kbit/s" @param {SongSheet} song */
const sound = (song) =>
  [
    song.codec.toUpperCase(),
    song.sample_rate && t("sound.rate", { n: number(song.sample_rate / 1000) }),
    song.bit_depth && t("sound.depth", { n: number(song.bit_depth) }),
    song.bit_rate && t("sound.bits", { n: number(Math.round(song.bit_rate / 1000)) }),
  ]
    .filter(Boolean)
    .join(" · ");
