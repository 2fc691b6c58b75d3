// An artist: what is by them, year by year, what else they are heard on, and ways to hear it.
import { get } from "../api.js";
import { byline, t } from "../i18n.js";
import { player } from "../player.js";
import { star } from "../stars.js";
import { chooseKeys } from "../ui/choosing.js";
import { albumCell, albumThing } from "../ui/covers.js";
import { h } from "../ui/dom.js";
import { button } from "../ui/form.js";
import { tracks } from "../ui/tracks.js";

/** @param {string[]} params @param {AbortSignal} signal */
export async function show([id], signal) {
  const artist = await get(`api/artists/${encodeURIComponent(id)}`, { signal });
  const [own, others] = [artist.albums.slice(0, artist.own), artist.albums.slice(artist.own)];
  return h(
    "div",
    { class: "artist" },
    head(artist, own),
    artist.top.length > 0 &&
      h("section", { class: "shelf" }, h("h2", {}, t("artist.top")), tracks(artist.top, signal, { full: true })),
    own.length > 0 && years(own),
    others.length > 0 &&
      h(
        "section",
        { class: "shelf" },
        h("h2", {}, t("artist.others")),
        h(
          "ul",
          { class: "strip" },
          others.map((album) => h("li", {}, albumCell(album))),
        ),
      ),
  );
}

/** @param {ArtistSheet} artist @param {Album[]} own */
function head(artist, own) {
  const dated = own.flatMap((album) => album.year ?? []);
  const span = [...new Set([dated[0], dated.at(-1)])].filter(Boolean).join("–");
  const hear = (/** @type {"shelf" | "radio"} */ mix, shuffle = false) => play(artist.id, mix, shuffle);
  const key = button("", turn, { "aria-pressed": String(artist.starred) });
  const say = () => {
    key.textContent = t(artist.starred ? "album.unstar" : "album.star");
    key.setAttribute("aria-pressed", String(artist.starred));
  };
  async function turn() {
    await star("artists", artist.id, !artist.starred);
    artist.starred = !artist.starred;
    say();
  }
  say();
  return h(
    "header",
    { class: "head" },
    h(
      "div",
      {},
      h("h1", { dir: "auto" }, byline(artist.name)),
      h("p", { class: "typed" }, [span, t("artist.albums", { n: artist.albums.length })].filter(Boolean).join(" · ")),
    ),
    h(
      "div",
      { class: "actions" },
      button(t("player.play"), () => hear("shelf"), { class: "solid" }),
      button(t("artist.shuffle"), () => hear("shelf", true)),
      button(t("artist.radio"), () => hear("radio"), { title: t("artist.radio.hint") }),
      key,
    ),
  );
}

/** @param {Id} artist @param {"shelf" | "radio"} mix @param {boolean} shuffle */
async function play(artist, mix, shuffle) {
  const { songs } = await get(`api/artists/${encodeURIComponent(artist)}/songs?mix=${mix}`);
  player.play(shuffle ? shuffled(songs) : songs);
}

/** In an order of chance. @template Kind @param {Kind[]} all @returns {Kind[]} */
const shuffled = (all) =>
  all
    .map((one) => /** @type {const} */ ([Math.random(), one]))
    .sort(([one], [other]) => one - other)
    .map(([, one]) => one);

/** By year; a year stands over the first of its albums. @param {Album[]} albums */
function years(albums) {
  const year = (/** @type {number} */ at) => albums[at]?.year ?? null;
  return h(
    "section",
    { class: "shelf" },
    h(
      "div",
      { class: "line" },
      h("h2", {}, t("artist.own")),
      chooseKeys(() => albums.map(albumThing)),
    ),
    h(
      "ol",
      { class: "strip by-year" },
      albums.map((album, at) =>
        h(
          "li",
          {},
          h("p", { class: "year" }, year(at) !== year(at - 1) || !at ? String(album.year ?? "–") : ""),
          albumCell(album),
        ),
      ),
    ),
  );
}
