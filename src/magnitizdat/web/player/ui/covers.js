// Covers, alone and as cells of a grid.
import { coverUrl } from "../api.js";
import { byline, t } from "../i18n.js";
import { tickFor } from "./choosing.js";
import { h } from "./dom.js";

const WIDTHS = [160, 480, 1200];

/** The cover `id`; `sizes` as of <img>. Nothing is read aloud: the title stands beside it. @param {Id} id */
export function cover(id, { sizes = "200px", eager = false } = {}) {
  if (!id) return h("span", { class: "cover none" });
  const srcset = WIDTHS.map((width) => `${coverUrl(id, width)} ${width}w`).join(", ");
  return h("img", {
    class: "cover",
    alt: "",
    sizes,
    srcset,
    src: coverUrl(id, 480),
    decoding: "async",
    loading: eager ? null : "lazy",
    width: 480,
    height: 480,
    draggable: "false",
  });
}

/** What an album's sleeve says about it in a word, if it must be said: withdrawn, frozen, new, carried, not whole. @param {Album} album */
export function mark(album) {
  if (album.withdrawn) return "withdrawn";
  if (album.disowned) return "disowned";
  if (album.standing === "frozen" || album.standing === "new") return album.standing;
  if (album.carried) return "carried";
  if (!album.complete) return "partial";
  return album.small ? "small" : null;
}

/** An album's sleeve with its tick: what a cell of a list is filled with. @param {Album} album */
export function albumCell(album) {
  const cell = document.createDocumentFragment();
  cell.append(sleeveLink(album), tickFor(albumThing(album)));
  return cell;
}

/** As it is chosen. @param {{ id: Id, title: string }} album @returns {Thing} */
export const albumThing = ({ id, title }) => ({ kind: "album", id, title });

/** @param {Album} album */
function sleeveLink(album) {
  const word = mark(album);
  return h(
    "a",
    { class: "sleeve-link", href: `#/album/${album.id}` },
    cover(album.cover, { sizes: "(max-width: 760px) 45vw, 200px" }),
    word && h("em", { class: `tab ${word}` }, t(`mark.${word}`)),
    h("b", { dir: "auto" }, album.title),
    h("small", { dir: "auto" }, [byline(album.artist), album.year].filter(Boolean).join(" · ")),
  );
}
