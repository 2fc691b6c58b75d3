// A label's desk: albums in no label yet, those to be signed again, frozen labels, and what friends' last reels lacked.
import { get } from "../api.js";
import { byline, day, number, t } from "../i18n.js";
import { go } from "../router.js";
import { store } from "../store.js";
import { h } from "./dom.js";
import { button, form } from "./form.js";
import { virtualGrid } from "./virtual.js";

/** @param {Desk} desk @param {Unsigned} first @param {(ids: Id[]) => unknown} sign @param {AbortSignal} signal @returns {Node[]} */
export const deskParts = (desk, first, sign, signal) =>
  [edited(desk, sign), unsigned(first, sign, signal), frozen(desk), friends(desk)].filter(
    (part) => part instanceof Node,
  );

/** What a label signed otherwise: those of one label are signed together. @param {Desk} desk @param {(ids: Id[]) => unknown} sign */
function edited(desk, sign) {
  if (!desk.edited.length) return null;
  const labels = [...new Set(desk.edited.map((album) => album.label_id))].map((id) =>
    desk.edited.filter((album) => album.label_id === id),
  );
  return h(
    "section",
    { class: "shelf edited" },
    h("h2", {}, t("desk.edited")),
    labels.map((albums) => [
      h("ul", { class: "rows plain" }, albums.map(editedLine)),
      h(
        "div",
        { class: "actions" },
        button(t("desk.again", { n: albums.length, label: albums[0].label }), () =>
          sign(albums.map((album) => album.id)),
        ),
      ),
    ]),
  );
}

/** @param {EditedAlbum} album */
const editedLine = (album) =>
  h(
    "li",
    { class: "ruled" },
    h("a", { href: `#/album/${album.id}`, dir: "auto" }, album.title),
    h("small", { class: "typed", dir: "auto" }, album.sentence),
  );

/** However many there are, all of them can be reached. @param {Unsigned} first @param {(ids: Id[]) => unknown} sign @param {AbortSignal} signal */
function unsigned(first, sign, signal) {
  if (!first.total) return null;
  const wanted = new Set(first.ids.filter((id) => store.picked.has("album", id)));
  const count = h("span", { class: "count typed", role: "status" });
  const everything = h("input", { type: "checkbox", "data-fleeting": true });
  const told = () => {
    count.textContent = t("desk.chosen", { n: number(wanted.size), of: number(first.total) });
    everything.checked = wanted.size === first.total;
    everything.indeterminate = wanted.size > 0 && wanted.size < first.total;
  };
  const list = virtualGrid({
    total: first.total,
    first: first.albums,
    signal,
    least: 260,
    foot: 58,
    gap: 22,
    square: false,
    label: t("publish.unsigned"),
    cell: (album) => pick(album, wanted),
    fetchPage: async (offset, size, life) =>
      (await get(`api/desk/unsigned?offset=${offset}&size=${size}`, { signal: life })).albums,
  });
  list.classList.add("picks-all");
  list.addEventListener("change", told);
  everything.addEventListener("change", () => {
    for (const id of first.ids) everything.checked ? wanted.add(id) : wanted.delete(id);
    for (const box of list.querySelectorAll("input")) box.checked = everything.checked;
    told();
  });
  told();
  return h(
    "section",
    { class: "shelf" },
    h("h2", {}, t("publish.unsigned"), " ", h("span", { class: "count" }, number(first.total))),
    form(
      () => sign(first.ids.filter((id) => wanted.has(id))),
      h(
        "div",
        { class: "actions" },
        h("button", { class: "solid" }, t("publish.sign")),
        h("label", { class: "tick" }, everything, h("span", {}, t("choose.all"))),
        count,
      ),
      list,
    ),
  );
}

/** @param {Album} album @param {Set<Id>} wanted */
function pick(album, wanted) {
  const box = h("input", { type: "checkbox", "data-fleeting": true, checked: wanted.has(album.id) });
  box.addEventListener("change", () => (box.checked ? wanted.add(album.id) : wanted.delete(album.id)));
  return h(
    "label",
    { class: "pick-line" },
    box,
    h("span", {}, h("b", { dir: "auto" }, album.title), h("small", { dir: "auto" }, byline(album.artist))),
  );
}

/** @param {Desk} desk */
function frozen(desk) {
  if (!desk.frozen.length) return null;
  return h(
    "section",
    { class: "shelf" },
    h("h2", {}, t("desk.frozen")),
    h("p", { class: "serif" }, t("desk.frozen.text")),
    h(
      "ul",
      { class: "rows plain" },
      desk.frozen.map(({ id, name }) =>
        h("li", { class: "ruled" }, h("a", { href: `#/label/${id}`, dir: "auto" }, name)),
      ),
    ),
  );
}

/** Whoever had a reel from here, and what was not on it. @param {Desk} desk */
function friends(desk) {
  const known = desk.friends.filter((friend) => friend.at);
  if (!known.length) return null;
  return h(
    "section",
    { class: "shelf" },
    h("h2", {}, t("desk.friends")),
    h("ul", { class: "rows plain" }, known.map(lacking)),
  );
}

/** @param {FriendLacks} friend */
function lacking(friend) {
  const [date, n] = [day(friend.at.slice(0, 10)), friend.new + friend.corrected];
  const told = n
    ? t("desk.lacks", { day: date, new: friend.new, corrected: friend.corrected })
    : t("desk.has", { day: date });
  const cut = () => {
    store.newFor = friend.name;
    go("fill");
  };
  return h(
    "li",
    { class: "ruled lacks" },
    h(
      "span",
      {},
      h("b", { dir: "auto" }, friend.name),
      h("small", { class: "typed" }, told),
      n > 0 && h("small", { class: "soft", dir: "auto" }, friend.albums.map((title) => `«${title}»`).join(", ")),
    ),
    n > 0 && button(t("desk.cut"), cut, { class: "small" }),
  );
}
