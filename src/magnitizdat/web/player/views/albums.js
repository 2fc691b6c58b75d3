// The shelf: every album, by its cover.
import { get } from "../api.js";
import { number, t } from "../i18n.js";
import { visit } from "../places.js";
import { player } from "../player.js";
import { store, within } from "../store.js";
import { albumCell } from "../ui/covers.js";
import { chooseKeys, reaches } from "../ui/choosing.js";
import { h } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { lettered } from "../ui/letters.js";
import { complain } from "../ui/notice.js";
import { empty } from "../ui/states.js";
import { PAGE } from "../ui/pages.js";
import { tabs } from "../ui/tabs.js";
import { virtualGrid } from "../ui/virtual.js";

const ORDERS = /** @type {const} */ (["artist", "newest", "recent", "title", "starred"]);
const FOOT = 58;

/** @param {string[]} params an order, or "genre", "decade", "label" or "from" and which @param {AbortSignal} signal */
export async function show([order, which], signal) {
  ordered(visit.get("order", ORDERS.find((known) => known === order) ?? store.order));
  part = which ? partOf(order, which) : "";
  const [first, fresh, title] = await Promise.all([
    page(0, PAGE, signal),
    store.order === "artist" && !part ? newcomers(signal) : null,
    part ? nameOf(order, which, signal) : t("tab.albums"),
  ]);
  return h(
    "div",
    {},
    tabs("albums"),
    first.total || store.order === "starred" || part ? await shelf(first, fresh, title, signal) : nothingYet(),
  );
}

/** Whoever comes back finds them so again. @param {string} order */
function ordered(order) {
  store.order = order;
  visit.set("order", order);
}

let part = ""; // of which part of the shelf, as the server is asked

/** @param {string} way @param {string} which */
function partOf(way, which) {
  const named = encodeURIComponent(which);
  if (way === "genre") return `&genre=${named}`;
  if (way === "label") return `&label=${named}`;
  if (way === "from") return `&standing=${named}`;
  return `&since=${Number(which)}&until=${Number(which) + 9}`;
}

/** @type {Record<string, Key>} */
const FROM = { follow: "home.followed", new: "albums.new" };

/** @param {string} way @param {string} which @param {AbortSignal} signal */
async function nameOf(way, which, signal) {
  if (way === "decade") return t("genres.decade", { year: which });
  if (way === "from") return t(FROM[which] ?? "tab.albums");
  if (way === "label") return (await get(`api/labels/${which}`, { signal })).name;
  return (await get("api/ways", { signal })).genres.find(({ id }) => id === which)?.name ?? t("tab.genres");
}

/** @param {number} offset @param {number} size @param {AbortSignal} signal */
const page = (offset, size, signal) =>
  get(`api/albums?offset=${offset}&size=${size}&order=${store.order}${part}`, { signal });

/** @typedef {{ total: number, albums: Album[] }} Found */

/** @param {Found} first @param {HTMLElement | null} fresh @param {string} title @param {AbortSignal} signal */
async function shelf(first, fresh, title, signal) {
  const count = h("span", { class: "count typed" });
  const rail = h("div", { class: "rail-box" });
  let [life, asking] = [within(signal), within(signal)];
  const put = async (/** @type {Found} */ found) => {
    count.textContent = number(found.total);
    rail.replaceChildren();
    const none = t(store.order === "starred" ? "albums.nostar" : "error.notfound");
    return found.total ? grid(found, life.signal, rail) : h("p", { class: "typed" }, none);
  };
  let body = await put(first);
  const again = async () => {
    asking.abort(); // of two orders that were asked for the later one counts
    asking = within(signal);
    const found = await page(0, PAGE, asking.signal);
    life.abort();
    life = within(signal);
    const next = await put(found);
    body.replaceWith(next);
    body = next;
  };
  return h("section", { class: "shelf" }, first.total > 12 && fresh, head(title, count, again), rail, body);
}

/** @param {Found} found @param {AbortSignal} signal @param {HTMLElement} rail @returns {Promise<HTMLElement>} */
async function grid(found, signal, rail) {
  const list = virtualGrid({
    total: found.total,
    first: found.albums,
    signal,
    least: 156,
    foot: FOOT,
    label: t("tab.albums"),
    cell: albumCell,
    fetchPage: async (offset, size, life) => (await page(offset, size, life)).albums,
  });
  reaches(list, named);
  if (store.order === "artist" && !part) await lettered(list, "albums", found.total, rail, signal).catch(complain);
  return list;
}

/** Albums of the shelf from one place to another: what they are called alone. @param {number} from @param {number} [to] @returns {Promise<Thing[]>} */
async function named(from, to = Number.MAX_SAFE_INTEGER) {
  const { names } = await get(`api/albums/names?offset=${from}&size=${to - from}&order=${store.order}${part}`);
  return names.map(([id, title]) => ({ kind: "album", id, title }));
}

/** @param {string} title @param {HTMLElement} count @param {() => Promise<void>} changed */
function head(title, count, changed) {
  const choice = h(
    "select",
    { "aria-label": t("albums.order") },
    ORDERS.map((order) => h("option", { value: order }, t(`order.${order}`))),
  );
  choice.value = store.order;
  choice.addEventListener("change", () => {
    ordered(choice.value);
    changed().catch(complain);
  });
  return h(
    "div",
    { class: "bar" },
    h("h1", { dir: "auto" }, title),
    count,
    choice,
    chooseKeys(() => named(0)),
    shuffleAll(),
  );
}

function shuffleAll() {
  const start = () =>
    get("api/shuffled")
      .then(({ songs }) => player.play(songs))
      .catch(complain);
  return h(
    "button",
    {
      type: "button",
      class: "bare",
      "aria-label": t("albums.shuffle"),
      title: t("albums.shuffle"),
      on: { click: start },
    },
    icon("shuffle"),
  );
}

/** What came in from labels that nobody here follows: shelved apart, at the front, until somebody decides. @param {AbortSignal} signal */
async function newcomers(signal) {
  const found = await get("api/albums?offset=0&size=6&order=newest&standing=new", { signal }).catch(() => ({
    total: 0,
    albums: [],
  }));
  const albums = found.albums.filter((album) => album.standing === "new");
  if (!albums.length) return null;
  return h(
    "section",
    { class: "newcomers" },
    h(
      "div",
      { class: "line" },
      h("h2", {}, t("albums.new")),
      found.total > albums.length &&
        h("a", { class: "typed small", href: "#/albums/from/new", "aria-label": t("home.all.new") }, t("home.all")),
    ),
    h(
      "ul",
      { class: "strip" },
      albums.map((album) => h("li", {}, albumCell(album))),
    ),
  );
}

function nothingYet() {
  return h(
    "div",
    { class: "first-shelf" },
    h("h1", { class: "unseen" }, t("tab.albums")),
    empty(
      t("empty.title"),
      t("empty.text"),
      h("a", { class: "button solid", href: "#/take" }, t("empty.take")),
      h("a", { class: "button", href: "#/import" }, t("empty.import")),
    ),
  );
}
