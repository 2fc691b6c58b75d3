// Who shall carry a label on: cards of those who come, papers, who goes; then the proposal goes round.
import { post } from "../api.js";
import { t } from "../i18n.js";
import { isQuorum, majority, MOST } from "../quorum.js";
import { onceSure } from "./dialog.js";
import { h } from "./dom.js";
import { button, field, form, text, tick } from "./form.js";
import { icon } from "./icons.js";
import { regain } from "./place.js";
import { another, proposalSheet } from "./proposal.js";
import { reader, sent } from "./reader.js";
import { seals } from "./seals.js";

/**
 * @param {{ id: Id, name: string, holders: LabelSheet["holders"] }} label or a club @param {"holders" | "hand-over" | "officers"} verb
 * @param {() => void} shut @param {() => Promise<void>} again @param {AbortSignal} signal
 */
export function arranging(label, verb, shut, again, signal) {
  /** @type {HolderCard[]} */
  const cards = [];
  const stand = label.holders.need > 1 ? label.holders.all : [];
  const [over, club] = [verb === "hand-over", verb === "officers"];
  const begun = club ? Math.max(1, label.holders.need > 1 ? label.holders.of : 1) : stand.length; // a founder goes on
  const papers = whole("papers", 0, 0);
  const need = whole("need", 2, label.holders.need > 1 ? label.holders.need : 2);
  const list = h("ul", { class: "picked" });
  const tally = h("div", { role: "status" });
  const chosen = () => new FormData(wish);
  const count = () =>
    begun - chosen().getAll("out").length + cards.length + Number(papers.value) + Number(chosen().has("with_me"));
  let chose = label.holders.need > 1; // until somebody says a number, it is the majority
  const fit = () => {
    const of = count();
    if (!chose) need.value = String(majority(of));
    need.setCustomValidity(isQuorum(Number(need.value), of) ? "" : t("holders.few"));
    tally.replaceChildren(...(of ? [seals(Math.min(Number(need.value), of), of)] : []));
  };
  const draw = () => {
    list.replaceChildren(...cards.map((card) => chip(card, () => out(card))));
    fit();
  };
  const out = (/** @type {HolderCard} */ card) => {
    cards.splice(cards.indexOf(card), 1);
    draw();
    regain(node);
  };
  const keep = async (/** @type {string | Blob} */ found, /** @type {Asking} */ options = {}) => {
    const content = found instanceof Blob ? found : { text: found };
    const card = await post("api/holders/read", content, sent(found, options));
    if (!cards.some((one) => one.text === card.text)) cards.push(card);
    draw();
  };
  const upTo = text("up_to", "", { type: "number", min: 1, inputmode: "numeric" });
  const put = (/** @type {Proposal} */ proposal) => {
    node.replaceChildren(...arranged(proposal, put, again));
    node.querySelector("h3")?.focus();
  };
  const wish = form(
    async (values) => {
      const wanted = {
        need: Number(need.value),
        papers: Number(papers.value),
        cards: cards.map((card) => card.text),
        with_me: values.has("with_me"),
        out: values.getAll("out").map(String),
        up_to: Number(values.get("up_to")) || null,
      };
      const arrange = (/** @type {string} */ doubt) => {
        const wish = { ...wanted, instead: doubt === "instead" };
        return verb === "officers"
          ? post(`api/clubs/${label.id}/officers`, wish)
          : post(`api/labels/${label.id}/${verb}`, wish);
      };
      const proposal = await onceSure(arrange, another(label.name));
      if (!proposal) return;
      put(proposal);
    },
    !over && !club && tick("with_me", t("holders.me"), { hint: t("holders.me.hint") }),
    stand.length > 0 &&
      h(
        "fieldset",
        {},
        h("legend", {}, t("holders.out")),
        stand.filter((one) => !one.here || !over).map((one) => tick("out", one.shown, { value: one.key })),
      ),
    over && field(t("over.upto"), upTo, t("over.upto.hint")),
    h(
      "div",
      { class: "pair" },
      field(t("holders.papers"), papers, t("holders.papers.hint")),
      field(t("holders.needed"), need, t("holders.needed.hint")),
    ),
    tally,
    h("p", { class: "warning serif" }, t(over ? "over.warning" : "holders.warning")),
    h("div", { class: "actions" }, h("button", { class: "solid" }, t("holders.go")), button(t("cancel"), shut)),
  );
  const node = h(
    "section",
    { class: "sheet blank-slip" },
    h("h3", { class: "what", tabindex: -1 }, t(titles(verb, stand.length > 0)[0])),
    h("p", { class: "serif" }, t(titles(verb, stand.length > 0)[1])),
    list,
    h("p", { class: "typed small" }, t("holders.compare")),
    reader(keep, signal, { label: t("friends.text.label"), put: t("friends.put"), many: true }),
    wish,
  );
  need.addEventListener("input", () => (chose = true));
  wish.addEventListener("input", fit);
  fit();
  return node;
}

/** @param {string} verb @param {boolean} stand @returns {[Key, Key]} */
function titles(verb, stand) {
  if (verb === "hand-over") return ["over.do", "over.how"];
  if (verb === "officers") return ["club.officer.change", "club.officer.text"];
  return [stand ? "holders.change" : "holders.appoint", "holders.how"];
}

/** @param {string} name @param {number} min @param {number} value */
const whole = (name, min, value) =>
  h("input", { name, type: "number", min, max: MOST, value: String(value), required: true, inputmode: "numeric" });

/** @param {HolderCard} card @param {() => void} out */
const chip = (card, out) =>
  h(
    "li",
    {},
    h("bdi", {}, card.name),
    h("code", { class: "typed small" }, card.key),
    h(
      "button",
      { type: "button", class: "bare", "aria-label": t("picked.out", { title: card.name }), on: { click: out } },
      icon("close"),
    ),
  );

/** Words for paper are shown this once, and it is signed after that. @param {Proposal} proposal @param {(proposal: Proposal) => unknown} put @param {() => Promise<void>} again */
function arranged(proposal, put, again) {
  const papers = proposal.papers.flatMap((words, at) => [
    h("h4", {}, t("holders.paper", { n: at + 1 })),
    h("pre", { class: "paper print", tabindex: 0, lang: "en" }, words),
  ]);
  return [
    h("h3", { class: "what", tabindex: -1 }, t("holders.next")),
    ...(papers.length ? [h("p", { class: "warning serif" }, t("holders.paper.once")), ...papers] : []),
    proposalSheet(proposal, put),
    h("div", { class: "actions" }, button(t("holders.done"), again, { class: "solid" })),
  ];
}
