// A closed album: a blank sleeve under a paper band with its day, and as many seals as there are shares.
import { byline, day, t } from "../i18n.js";
import { h } from "./dom.js";

/** @param {Premiere} premiere */
export const closedSleeve = ({ opens, need, of }) =>
  h(
    "span",
    { class: "cover closed-cover", "aria-hidden": "true" },
    h("span", { class: "band" }, h("b", {}, day(opens)), h("i", {}, `${need}/${of}`)),
  );

/** On the shelf. @param {Premiere} premiere */
export const closedCell = (premiere) =>
  h(
    "a",
    { class: "sleeve-link", href: `#/premiere/${premiere.id}` },
    closedSleeve(premiere),
    h("em", { class: "tab" }, t("mark.closed")),
    h("b", { dir: "auto" }, premiere.title || t("closed.untitled")),
    h("small", { dir: "auto" }, byline(premiere.artist || premiere.label)),
    h("span", { class: "unseen" }, t("closed.opens", { date: day(premiere.opens) })),
  );
