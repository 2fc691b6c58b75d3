// The shelf: every album, by its cover.
import { get } from "../api.js";
import { number, t } from "../i18n.js";
import { player } from "../player.js";
import { store } from "../store.js";
import { albumCell } from "../ui/covers.js";
import { h } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { complain } from "../ui/notice.js";
import { empty } from "../ui/states.js";
import { FIRST_PAGE, virtualGrid } from "../ui/virtual.js";

const ORDERS = ["artist", "newest", "recent", "title", "starred"];
const FOOT = 58;

export async function show(_params, signal) {
  const [first, fresh] = await Promise.all([
    page(0, FIRST_PAGE, signal),
    store.order === "artist" ? newcomers(signal) : null,
  ]);
  return h(
    "div",
    {},
    tabs("albums"),
    first.total || store.order === "starred" ? shelf(first, fresh, signal) : nothingYet(),
  );
}

const page = (offset, size, signal) => get(`api/albums?offset=${offset}&size=${size}&order=${store.order}`, { signal });

/** Albums, artists, playlists: three ways along one shelf. */
export function tabs(current) {
  const names = ["albums", "artists", "playlists", "now"];
  return h(
    "nav",
    { class: "tabs", "aria-label": t("nav.listen") },
    names.map((name) =>
      h("a", { href: `#/${name}`, "aria-current": name === current ? "page" : null }, t(`tab.${name}`)),
    ),
  );
}

function shelf(first, fresh, signal) {
  const box = h("section", { class: "shelf" });
  const put = (found) => {
    const grid = virtualGrid({
      total: found.total,
      first: found.albums,
      signal,
      least: 156,
      foot: FOOT,
      label: t("tab.albums"),
      cell: albumCell,
      fetchPage: async (offset, size, life) => (await page(offset, size, life)).albums,
    });
    box.replaceChildren(
      first.total > 12 && fresh ? fresh : "",
      head(found.total, async () => put(await page(0, FIRST_PAGE, signal))),
      found.total ? grid : h("p", { class: "typed" }, t("albums.nostar")),
    );
  };
  put(first);
  return box;
}

function head(total, changed) {
  const choice = h(
    "select",
    { "aria-label": t("albums.order") },
    ORDERS.map((order) => h("option", { value: order }, t(`order.${order}`))),
  );
  choice.value = store.order;
  choice.addEventListener("change", () => {
    store.order = choice.value;
    changed();
  });
  return h(
    "div",
    { class: "bar" },
    h("h1", {}, t("tab.albums")),
    h("span", { class: "count typed" }, number(total)),
    choice,
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

/** What came in from labels that nobody here follows: shelved apart, at the front, until somebody decides. */
async function newcomers(signal) {
  const found = await get("api/albums?offset=0&size=6&order=newest&standing=new", { signal }).catch(() => ({
    albums: [],
  }));
  const albums = found.albums.filter((album) => album.standing === "new");
  if (!albums.length) return null;
  return h(
    "section",
    { class: "newcomers" },
    h("h2", {}, t("albums.new")),
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
      h("a", { class: "button", href: "#/publish" }, t("empty.import")),
    ),
  );
}
