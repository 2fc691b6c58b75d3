// Home: what anybody sees first. A picture of the day, what was begun, what came last, what others speak of.
import { get } from "../api.js";
import { byline, lasting, t } from "../i18n.js";
import { player } from "../player.js";
import { lacking, waiting } from "../sending.js";
import { closedCell } from "../ui/closed.js";
import { albumCell, cover } from "../ui/covers.js";
import { h } from "../ui/dom.js";
import { leaf } from "../ui/leaf.js";
import { complain } from "../ui/notice.js";
import { reels } from "../ui/reels.js";
import { empty } from "../ui/states.js";
import { tabs } from "../ui/tabs.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const [found, beside, files] = await Promise.all([
    get("api/home", { signal }),
    get("api/beside", { signal }),
    waiting({ signal }),
  ]);
  return h(
    "div",
    { class: "home" },
    tabs("home"),
    h("h1", { class: "unseen" }, t("tab.home")),
    found.picture ? today(found.today, found.picture) : nothingYet(),
    h(
      "div",
      { class: "beside" },
      arrived(files.length),
      beside.unread > 0 && post(beside.unread),
      found.albums > 0 && spoken(),
    ),
    shelf(t("home.begun"), "begun", found.begun.map(begunCell)),
    shelf(t("home.followed"), "strip row", found.followed.map(albumCell), all("from/follow", t("home.all.followed"))),
    shelf(t("home.added"), "strip row", found.added.map(albumCell), all("newest", t("home.all.added"))),
    shelf(t("home.played"), "strip row", found.played.map(albumCell), all("recent", t("home.all.played"))),
    closed(beside),
  );
}

/** One sleeve of the shelf, large, beside a leaf of the calendar. @param {string} iso @param {Album} album */
const today = (iso, album) =>
  h(
    "section",
    { class: "today", "aria-labelledby": "today" },
    h(
      "a",
      { class: "picture", href: `#/album/${album.id}`, tabindex: -1, "aria-hidden": "true" },
      cover(album.cover, { sizes: "(max-width: 760px) 92vw, 400px", eager: true }),
    ),
    h(
      "div",
      { class: "torn" },
      h(
        "div",
        { class: "about" },
        h("p", { class: "typed small soft" }, t("home.today")),
        h("h2", { id: "today" }, h("a", { href: `#/album/${album.id}`, dir: "auto" }, album.title)),
        h("p", { class: "by" }, h("a", { href: `#/artist/${album.artist_id}`, dir: "auto" }, byline(album.artist))),
        h("p", { class: "typed small soft" }, facts(album).join(" · ")),
        h(
          "div",
          { class: "actions" },
          button(t("player.play"), () => playAlbum(album.id), { class: "solid" }),
        ),
      ),
      leaf(iso),
    ),
  );

/** @param {Album} album */
const facts = (album) =>
  [album.year, t("album.songs", { n: album.tracks }), lasting(album.duration_s), album.label].filter(Boolean);

/** A key that plays. @param {string} words @param {() => Promise<void>} act @param {Props} props */
const button = (words, act, props) =>
  h("button", { type: "button", ...props, on: { click: () => act().catch(complain) } }, words);

/** From its first song, or from `song`. @param {Id} album @param {Id} [song] */
async function playAlbum(album, song) {
  const songs = (await get(`api/albums/${album}`)).sides.flatMap((side) => side.tracks);
  const at = songs.findIndex((each) => each.id === song);
  player.play(songs, Math.max(0, at));
}

/** An album that somebody is on the way through: its tape is wound as far as they are. @param {Begun} album */
function begunCell(album) {
  const tape = reels();
  tape.wind(album.heard / album.of, false);
  return h(
    "article",
    { class: "on-the-way" },
    h("a", { href: `#/album/${album.id}`, tabindex: -1, "aria-hidden": "true" }, cover(album.cover, { sizes: "96px" })),
    h(
      "div",
      {},
      h("h3", {}, h("a", { href: `#/album/${album.id}`, dir: "auto" }, album.title)),
      h("small", { dir: "auto" }, byline(album.artist)),
      h("p", { class: "wound" }, tape.picture, h("small", {}, t("home.heard", { heard: album.heard, n: album.of }))),
    ),
    button(t("home.goon"), () => playAlbum(album.id, album.next), {
      class: "small",
      "aria-label": t("home.goon.name", { title: album.title }),
    }),
  );
}

/** What has a heading of its own. @param {string} title @param {string} kind @param {Node[]} cells @param {Child} [whole] */
const shelf = (title, kind, cells, whole = null) =>
  cells.length > 0 &&
  h(
    "section",
    { class: "shelf" },
    h("div", { class: "line" }, h("h2", {}, title), whole),
    h(
      "ul",
      { class: kind },
      cells.map((cell) => h("li", {}, cell)),
    ),
  );

/** @param {string} order @param {string} name */
const all = (order, name) =>
  h("a", { class: "typed small", href: `#/albums/${order}`, "aria-label": name }, t("home.all"));

/** What others speak of stands beside what is here. */
const spoken = () =>
  h("a", { class: "spoken", href: "#/discover" }, h("b", {}, t("discover.title")), h("span", {}, t("discover.short")));

/** Files that came and were put nowhere yet, and those that did not come. @param {number} n */
const arrived = (n) =>
  n + lacking() > 0 &&
  h(
    "a",
    { class: "spoken", href: "#/import" },
    h("b", {}, t("nav.import")),
    n > 0 && h("span", {}, t("import.waiting", { n })),
    lacking() > 0 && h("span", {}, " ", t("import.lacking", { n: lacking() })),
  );

/** Letters that nobody has read yet. @param {number} unread */
const post = (unread) =>
  h(
    "a",
    { class: "spoken", href: "#/post" },
    h("b", {}, t("nav.post")),
    h("span", {}, t("post.unread", { n: unread })),
  );

/** Albums that lie here closed, each under its band; the next ones, where there are many. @param {{ closed: Premiere[], more: number }} beside */
const closed = ({ closed: some, more }) =>
  shelf(
    t("closed.title"),
    "strip",
    some.map(closedCell),
    more > 0 && h("a", { class: "typed small", href: "#/premieres" }, t("closed.more", { n: more })),
  );

function nothingYet() {
  return h(
    "div",
    { class: "first-shelf" },
    empty(
      t("empty.title"),
      t("empty.text"),
      h("a", { class: "button solid", href: "#/take" }, t("empty.take")),
      h("a", { class: "button", href: "#/import" }, t("empty.import")),
    ),
  );
}
