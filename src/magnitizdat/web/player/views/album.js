// One album, as its J-card unfolded: cover, spine, sides, notes.
import { get, media } from "../api.js";
import { byline, day, language, languageName, lasting, t } from "../i18n.js";
import { player } from "../player.js";
import { go } from "../router.js";
import { star } from "../stars.js";
import { choose, chooseOnly, turn } from "../ui/choosing.js";
import { albumThing, cover } from "../ui/covers.js";
import { tell } from "../ui/dialog.js";
import { h, prose } from "../ui/dom.js";
import { button } from "../ui/form.js";
import { follow } from "../ui/label_card.js";
import { addToPlaylist, menu, save } from "../ui/menu.js";
import { complain } from "../ui/notice.js";
import { stamp } from "../ui/stamp.js";
import { tracks } from "../ui/tracks.js";
import { voices } from "../ui/voices.js";

/** @param {string[]} params @param {AbortSignal} signal */
export async function show([id], signal) {
  const [album, said] = await Promise.all([
    get(`api/albums/${id}`, { signal }),
    get(`api/albums/${id}/voices`, { signal }),
  ]);
  const songs = album.sides.flatMap((side) => side.tracks);
  return h(
    "article",
    { class: "album" },
    head(album, songs),
    h("div", { class: "jcard" }, front(album), spine(album), sides(album, songs, signal), flap(album)),
    voices(id, said, signal),
  );
}

/** @param {Sleeve} album @param {Song[]} songs */
function head(album, songs) {
  const facts = [
    album.year,
    t("album.songs", { n: album.tracks }),
    lasting(album.duration_s),
    songs[0]?.codec.toUpperCase(),
  ].filter(Boolean);
  return h(
    "header",
    { class: "head" },
    h(
      "div",
      {},
      h("p", { class: "over" }, album.artists.length > 1 ? album.artists.flatMap(listed) : artist(album.artists[0])),
      h("h1", { dir: "auto" }, album.title),
      h("p", { class: "typed" }, facts.join(" · ")),
      album.edited && h("p", { class: "typed again", dir: "auto" }, album.edited),
    ),
    h(
      "div",
      { class: "actions" },
      button(t("player.play"), () => player.play(songs), { class: "solid" }),
      button(t("album.fill"), () => give("fill", album)),
      button(t("album.share"), () => give("share", album)),
      album.edited && button(t("album.again"), () => go("publish", album.id)),
      albumMenu(album, songs),
    ),
  );
}

/** @param {{ id: string, name: string }} one */
const artist = (one) => h("a", { href: `#/artist/${one.id}`, dir: "auto" }, byline(one.name));
/** @param {{ id: string, name: string }} one @param {number} at */
const listed = (one, at) => (at ? [", ", artist(one)] : [artist(one)]);

/** @param {"fill" | "share"} verb @param {Sleeve} album */
function give(verb, album) {
  chooseOnly([albumThing(album)]);
  go(verb);
}

/** @param {Sleeve} album @param {Song[]} songs */
function albumMenu(album, songs) {
  const starring = () => t(album.starred ? "album.unstar" : "album.star");
  const turnStar = (/** @type {HTMLElement} */ item) => {
    album.starred = !album.starred;
    item.textContent = starring();
    star("albums", album.id, album.starred).catch(complain);
  };
  return menu(t("album.menu"), [
    [t("queue.next"), () => player.add(songs, { next: true })],
    [t("queue.add"), () => player.add(songs)],
    [t("choose.this"), () => choose([albumThing(album)])],
    [t("choose.songs"), () => turn(true)],
    [t("playlist.add"), () => addToPlaylist(songs.map((song) => song.id)).catch(complain)],
    [t("save.do"), () => save({ albums: [album.id] })],
    [starring(), turnStar],
    ...(album.imprint_words ? [sleeve(album)] : []),
    ...(album.own && !album.label ? [premiere(album)] : []),
    [t(album.own || album.carried ? "edit.title" : "edit.remove"), () => go("edit", album.id)],
  ]);
}

/** A page for the printer, in a tab of its own. @param {Sleeve} album @returns {[string, () => unknown]} */
const sleeve = (album) => [
  t("sleeve.print"),
  () => open(media(`api/albums/${album.id}/sleeve`) ?? "", "_blank", "noopener"),
];

/** Of what is in no label yet, for what went out is not closed any more. @param {Sleeve} album @returns {[string, () => unknown]} */
const premiere = (album) => [t("premiere.do"), () => go("close", album.id)];

/** @param {Sleeve} album */
function front(album) {
  const facts = [
    [t("album.label"), album.label],
    [t("album.date"), day(album.date)],
    [t("album.released"), day(album.released)],
    [t("album.genres"), album.genres.join(", ")],
    ...album.credits.map((credit) => [credit.role, credit.name]),
    [t("album.aliases"), album.aliases.join(", ")],
    [t("album.licence"), album.licence],
    [t("album.support"), album.support],
  ].filter(([, value]) => value);
  return h(
    "div",
    { class: "front" },
    h(
      "button",
      {
        type: "button",
        class: "enlarge",
        "aria-label": t("cover.large"),
        title: t("cover.large"),
        on: { click: () => large(album) },
      },
      cover(album.cover, { sizes: "(max-width: 760px) 92vw, 320px", eager: true }),
    ),
    h(
      "dl",
      { class: "facts" },
      facts.map(([name, value]) => [h("dt", {}, name), h("dd", { dir: "auto" }, value)]),
    ),
  );
}

/** As large as the window, until it is pressed or closed. @param {Sleeve} album */
function large(album) {
  const dialog = tell(album.title, cover(album.cover, { sizes: "min(96vw, 86vh)", eager: true }));
  dialog.classList.add("large-cover");
  dialog.querySelector("img")?.addEventListener("click", () => dialog.close());
}

/** @param {Sleeve} album */
function spine(album) {
  return h(
    "div",
    { class: "spine", "aria-hidden": "true" },
    h("span", { dir: "auto" }, [byline(album.artist), album.title, album.label].filter(Boolean).join(" — ")),
  );
}

/** @param {Sleeve} album @param {Song[]} songs @param {AbortSignal} signal */
function sides(album, songs, signal) {
  let at = 0;
  const various = new Set(songs.map((song) => song.artist)).size > 1;
  const by = (/** @type {Song} */ song) => various && h("span", { class: "from", dir: "auto" }, byline(song.artist));
  const blocks = album.sides.map((side) => {
    const own = songs.slice(at, (at += side.tracks.length));
    const named = album.sides.length > 1 || side.name;
    const name = /^\d+$/.test(side.name) ? t("album.disc", { name: side.name }) : t("album.side", { name: side.name });
    return [
      named && h("h2", { class: "side" }, h("span", {}, name, side.title && h("bdi", {}, ` · ${side.title}`))),
      tracks(own, signal, { whole: songs, extra: by }),
    ];
  });
  return h("div", { class: "sides" }, blocks);
}

/** @param {Sleeve} album */
function flap(album) {
  const notes = Object.entries(album.notes);
  return h("div", { class: "flap" }, notes.length > 0 && linerNotes(notes), stamp(album.verdict), imprint(album));
}

/** Notes in the reader's language if there are such, the others one press away. @param {[code: string, html: string][]} notes */
function linerNotes(notes) {
  const body = h("div", { class: "notes", tabindex: 0, role: "group", "aria-label": t("album.notes") });
  const choices = notes.map(([code, html]) =>
    h("button", { type: "button", lang: code, on: { click: () => put(code, html) } }, languageName(code)),
  );
  const put = (/** @type {string} */ code, /** @type {string} */ html) => {
    const page = prose(html);
    page.lang = code;
    page.dir = "auto";
    body.replaceChildren(page);
    choices.forEach((choice) => choice.setAttribute("aria-pressed", String(choice.lang === code)));
  };
  put(...(notes.find(([code]) => code.split("-")[0] === language()) ?? notes[0]));
  return h(
    "section",
    {},
    h("h2", {}, t("album.notes")),
    notes.length > 1 && h("div", { class: "languages", role: "group", "aria-label": t("language") }, choices),
    body,
  );
}

/** @param {Sleeve} album */
function imprint(album) {
  if (!album.imprint_words && !album.imprint_picture) return null;
  return h(
    "div",
    { class: "imprint" },
    album.imprint_picture && h("img", { src: media(album.imprint_picture), alt: "", width: 56, height: 56 }),
    h(
      "div",
      {},
      h(
        "p",
        { class: "typed small" },
        album.label_id ? h("a", { href: `#/label/${album.label_id}` }, album.imprint_words) : album.imprint_words,
      ),
      album.standing === "new" &&
        album.label_id &&
        button(t("labels.follow"), () => followed(album), { class: "small" }),
    ),
  );
}

/** @param {Sleeve} album */
async function followed(album) {
  if (!(await follow({ id: album.label_id, name: album.label, words: album.imprint_words }))) return;
  if (location.hash.endsWith(album.id)) dispatchEvent(new HashChangeEvent("hashchange"));
}
