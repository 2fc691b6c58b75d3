// Who keeps the door: so many of them must sign that others keep it with them, or somebody no more.
import { post } from "../api.js";
import { t } from "../i18n.js";
import { arranging } from "./arranging.js";
import { h } from "./dom.js";
import { button, field, form, text } from "./form.js";
import { passOn } from "./pass_on.js";
import { seals } from "./seals.js";

/** @param {ClubSheet} club @param {() => Promise<void>} again @param {AbortSignal} signal */
export function officers(club, again, signal) {
  const { need, of, verdict } = club.holders;
  const desk = h("div", { class: "desk" });
  const open = () => {
    const holders = { need, of, verdict, waiting: 0, all: club.officers };
    const shut = () => desk.replaceChildren();
    desk.replaceChildren(arranging({ id: club.id, name: club.name, holders }, "officers", shut, again, signal));
    desk.querySelector("h3")?.focus();
  };
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
    desk,
    h(
      "div",
      { class: "actions" },
      button(t("club.officer.change"), open),
      h("a", { class: "button", href: "#/sign" }, t("holding.title")),
    ),
  );
}

/** A member's card for its officers, who appoint with it. @param {ClubSheet} club */
export function candidate(club) {
  const box = h("section", { class: "shelf" }, h("h2", {}, t("club.officer.card")));
  const name = text("name", "", { required: true, maxlength: 100 });
  const made = async () => {
    const card = await post(`api/clubs/${club.id}/officers/card`, { name: name.value.trim() });
    node.replaceWith(
      h("p", { class: "big" }, h("bdi", {}, card.name), " ", h("code", { class: "typed small" }, card.key)),
      h("p", { class: "typed small" }, t("holders.compare")),
      passOn(card, t("holding.card.qr")),
    );
  };
  const node = h(
    "details",
    {},
    h("summary", {}, t("holding.card.make")),
    form(
      made,
      h("p", { class: "serif" }, t("club.officer.card.line")),
      field(t("holding.card.name"), name, t("holding.card.name.hint")),
      h("button", { class: "solid" }, t("holding.card.make")),
    ),
  );
  box.append(node);
  return box;
}
