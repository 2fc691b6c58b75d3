// Carrying labels on: a proposal to read and sign, what I hold, my card as a holder.
import { get, post } from "../api.js";
import { t } from "../i18n.js";
import { h } from "../ui/dom.js";
import { button, field, form, heading, text } from "../ui/form.js";
import { complain } from "../ui/notice.js";
import { passOn } from "../ui/pass_on.js";
import { proposalSheet } from "../ui/proposal.js";
import { reader, sent } from "../ui/reader.js";
import { seals } from "../ui/seals.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const holding = await get("api/holding", { signal });
  const [above, table, below] = ["", "desk", ""].map((name) => h("div", { class: name }));
  const draw = (/** @type {Holding} */ now) => {
    above.replaceChildren(waiting(now, put) ?? "");
    below.replaceChildren(held(now) ?? "");
  };
  const put = (/** @type {Proposal} */ proposal) => {
    table.replaceChildren(h("section", { class: "sheet" }, proposalSheet(proposal, put)));
    table.querySelector("h3")?.focus();
    get("api/holding", { signal }).then(draw).catch(complain); // what was read waits, what was signed waits no more
  };
  draw(holding);
  return h(
    "div",
    {},
    heading(t("holding.title"), t("holding.line")),
    h("div", { class: "two" }, h("div", {}, above, reading(put, signal), table, below), mine(holding)),
  );
}

/** What is known here already. @param {Holding} holding @param {(proposal: Proposal) => void} put */
function waiting(holding, put) {
  if (!holding.waiting.length) return null;
  return h(
    "ul",
    { class: "rows plain waiting" },
    holding.waiting.map((one) =>
      h(
        "li",
        { class: "ruled" },
        h(
          "span",
          {},
          h("b", {}, h("bdi", {}, one.name)),
          h(
            "small",
            { class: one.can_sign ? "typed wrong" : "typed" },
            " ",
            t(one.can_sign ? "holding.waits" : "holding.on"),
          ),
        ),
        button(t("sign.look"), async () => put(await get(`api/proposals/${one.id}`)), { class: "small" }),
      ),
    ),
  );
}

/** @param {(proposal: Proposal) => void} put @param {AbortSignal} signal */
function reading(put, signal) {
  const keep = async (/** @type {string | Blob} */ one, /** @type {Asking} */ options = {}) =>
    put(await post("api/proposals", one instanceof Blob ? one : { text: one }, sent(one, options)));
  return h(
    "section",
    { class: "sheet" },
    h("h2", {}, t("sign.title")),
    h("p", { class: "serif" }, t("sign.line")),
    reader(keep, signal, { label: t("sign.text"), put: t("sign.read"), many: true }),
  );
}

/** @param {Holding} holding */
function held(holding) {
  if (!holding.labels.length) return null;
  return h(
    "section",
    { class: "shelf" },
    h("h2", {}, t("holding.held")),
    h(
      "ul",
      { class: "rows plain" },
      holding.labels.map((one) =>
        h(
          "li",
          { class: "label-card" },
          h(
            "div",
            {},
            h("b", {}, h("a", { href: `#/label/${one.label_id}` }, h("bdi", {}, one.name))),
            h("p", { class: "typed small", dir: "auto" }, one.sentence),
          ),
          seals(one.need, one.of),
        ),
      ),
    ),
  );
}

/** @param {Holding} holding */
function mine(holding) {
  const box = h("section", { class: "my-card card" });
  const name = text("name", "", { required: true, maxlength: 100 });
  const make = async () => {
    const card = await post("api/holders/card", { name: name.value.trim() });
    box.replaceChildren(
      h("h2", { tabindex: -1 }, t("holding.card")),
      h("p", { class: "big" }, h("bdi", {}, card.name), " ", h("code", { class: "typed small" }, card.key)),
      h("p", { class: "typed small" }, t("holders.compare")),
      passOn(card, t("holding.card.qr")),
      h("p", { class: "serif small" }, t("holding.card.text")),
    );
    box.querySelector("h2")?.focus();
  };
  box.append(
    h("h2", {}, t("holding.card")),
    h("p", { class: "serif" }, t("holding.card.line")),
    form(
      make,
      field(t("holding.card.name"), name, t("holding.card.name.hint")),
      h("button", { class: "solid" }, t("holding.card.make")),
    ),
    holding.unused > 0 ? h("p", { class: "typed small soft" }, t("holding.unused", { n: holding.unused })) : "",
  );
  return box;
}
