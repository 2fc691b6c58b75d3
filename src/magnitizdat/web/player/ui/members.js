// The list at the door, which only officers have: who is in, who comes in by a card, who is let out.
import { post } from "../api.js";
import { day, t } from "../i18n.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { button, tick } from "./form.js";
import { notice } from "./notice.js";
import { reader, sent } from "./reader.js";

/** @param {ClubSheet} club @param {() => Promise<void>} again @param {AbortSignal} signal */
export function members(club, again, signal) {
  const expel = (/** @type {Member} */ member) => async () => {
    const silent = tick("silent", t("club.silent"));
    const sure = [h("p", { dir: "auto" }, t("club.expel.sure", { name: member.name })), silent];
    if (!(await ask(t("club.expel"), sure, t("club.expel"), { danger: true }))) return;
    const quiet = silent.querySelector("input")?.checked ?? false;
    notice((await post(`api/clubs/${club.id}/expel`, { member: member.id, silent: quiet })).sentence);
    await again();
  };
  const line = (/** @type {Member} */ member) =>
    h(
      "li",
      { class: "ruled" },
      h(
        "span",
        {},
        h("b", {}, h("bdi", {}, member.name)),
        h("small", { class: "typed" }, " ", [member.words, day(member.at)].filter(Boolean).join(" · ")),
      ),
      !member.key && h("em", { class: "tag" }, t("club.nokey")),
      button(t("club.expel"), expel(member), { class: "small" }),
    );
  return h(
    "section",
    { class: "shelf members" },
    h("h2", {}, t("club.members", { n: club.members.length })),
    h("p", { class: "typed small soft" }, t("club.list.text")),
    h(
      "div",
      { class: "list" },
      h("ul", { class: "rows plain", tabindex: club.members.length > 12 ? 0 : null }, club.members.map(line)),
    ),
    admitting(club, again, signal),
  );
}

/** @param {ClubSheet} club @param {() => Promise<void>} again @param {AbortSignal} signal */
function admitting(club, again, signal) {
  const past = tick("past", t("club.past"), { hint: t("club.past.hint") });
  const keep = async (/** @type {string | Blob} */ card, /** @type {Asking} */ options = {}) => {
    const older = past.querySelector("input")?.checked ?? false;
    const body = card instanceof Blob ? card : { text: card, past: older };
    notice((await post(`api/clubs/${club.id}/admit?past=${older}`, body, sent(card, options))).sentence);
    await again();
  };
  return h(
    "section",
    { class: "sheet" },
    h("h3", {}, t("club.admit")),
    h("p", { class: "serif" }, t("club.admit.text")),
    past,
    reader(keep, signal, { label: t("friends.text.label"), put: t("club.admit.put") }),
  );
}
