// Who keeps the door: so many of them must sign that others keep it with them, or somebody no more.
import { t } from "../i18n.js";
import { h } from "./dom.js";
import { seals } from "./seals.js";

/** @param {ClubSheet} club */
export function officers(club) {
  const { need, of, verdict } = club.holders;
  const line = (/** @type {Officer} */ officer) =>
    h(
      "li",
      { class: "ruled" },
      h("span", {}, h("b", {}, h("bdi", {}, officer.shown)), h("small", { class: "typed" }, " ", officer.words)),
      officer.here && h("em", { class: "tag" }, t("club.you")),
      !officer.speaks && h("em", { class: "tag" }, t("mark.frozen")),
    );
  return h(
    "section",
    { class: "shelf holders" },
    h("h2", {}, t("club.officers")),
    need > 1 && seals(need, of),
    h("p", { class: "serif", dir: "auto" }, need > 1 ? verdict : t("holders.birth")),
    h("ul", { class: "rows plain" }, club.officers.map(line)),
    h("div", { class: "actions" }, h("a", { class: "button", href: "#/sign" }, t("holding.title"))),
  );
}
