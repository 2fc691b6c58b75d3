// Home: what anybody sees first. What is new here, what lies closed, what others speak of.
import { get } from "../api.js";
import { t } from "../i18n.js";
import { closedCell } from "../ui/closed.js";
import { albumCell } from "../ui/covers.js";
import { h } from "../ui/dom.js";
import { empty } from "../ui/states.js";
import { tabs } from "../ui/tabs.js";

const STRIP = 12; // albums of one shelf

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const [added, beside] = await Promise.all([
    get(`api/albums?offset=0&size=${STRIP}&order=newest`, { signal }),
    get("api/beside", { signal }),
  ]);
  return h(
    "div",
    { class: "home" },
    tabs("home"),
    h("h1", { class: "unseen" }, t("tab.home")),
    added.total > 0 && spoken(),
    beside.unread > 0 && post(beside.unread),
    added.total ? strip(t("home.added"), added.albums.map(albumCell)) : nothingYet(),
    closed(beside),
  );
}

/** A shelf of its own, told by its heading. @param {string} title @param {Node[]} cells @param {Child} [more] */
const strip = (title, cells, more) =>
  cells.length > 0 &&
  h(
    "section",
    { class: "shelf" },
    h("h2", {}, title),
    h(
      "ul",
      { class: "strip" },
      cells.map((cell) => h("li", {}, cell)),
    ),
    more,
  );

/** What others speak of stands beside what is here. */
const spoken = () =>
  h("a", { class: "spoken", href: "#/discover" }, h("b", {}, t("discover.title")), h("span", {}, t("discover.short")));

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
  strip(
    t("closed.title"),
    some.map(closedCell),
    more > 0 && h("p", { class: "typed" }, h("a", { href: "#/premieres" }, t("closed.more", { n: more }))),
  );

function nothingYet() {
  return h(
    "div",
    { class: "first-shelf" },
    empty(
      t("empty.title"),
      t("empty.text"),
      h("a", { class: "button solid", href: "#/take" }, t("empty.take")),
      h("a", { class: "button", href: "#/publish" }, t("empty.import")),
    ),
  );
}
