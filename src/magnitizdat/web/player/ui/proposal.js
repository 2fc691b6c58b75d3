// The next root of a label on its way: what it changes in words, who signed, my signature, and how it goes on.
import { post } from "../api.js";
import { t } from "../i18n.js";
import { onceSure } from "./dialog.js";
import { h } from "./dom.js";
import { form } from "./form.js";
import { secretField } from "./secret_field.js";
import { passOn } from "./pass_on.js";
import { seals } from "./seals.js";

/** `put` gets the proposal as it is once it was signed. @param {Proposal} proposal @param {(proposal: Proposal) => unknown} put */
export function proposalSheet(proposal, put) {
  return h(
    "article",
    { class: "proposal" },
    h("h3", { class: "what", tabindex: -1, dir: "auto" }, t("sign.of", { name: proposal.name })),
    h("p", { class: "typed small soft" }, proposal.words),
    h("p", { class: "serif", dir: "auto" }, proposal.sentence),
    h(
      "ol",
      { class: "changes" },
      proposal.changes.map((line) => h("li", { dir: "auto" }, line)),
    ),
    h(
      "dl",
      { class: "signed-by" },
      h("div", {}, h("dt", {}, t("sign.old")), h("dd", {}, seals(proposal.old, proposal.need_old, "sign.have"))),
      h("div", {}, h("dt", {}, t("sign.own")), h("dd", {}, seals(proposal.own, proposal.need_own, "sign.have"))),
    ),
    proposal.signed_by && h("p", { class: "typed small", dir: "auto" }, proposal.signed_by),
    proposal.burn && h("p", { class: "warning serif" }, proposal.burn),
    !proposal.taken && signing(proposal, put),
    proposal.passes_on && [h("h4", {}, t("sign.pass")), passOn(proposal, t("sign.qr"))],
    proposal.signature && proposal.passes_on && lone(proposal.signature),
  );
}

/** What is asked of whoever has signed another for the same step. @param {string} name of the label */
export const another = (name) => ({
  instead: { title: t("sign.instead.title"), text: t("sign.instead.text", { name }), yes: t("sign.instead") },
});

/** To whoever has the proposal a signature alone is enough, and small. @param {Passed} signature */
const lone = (signature) => h("details", {}, h("summary", {}, t("sign.lone")), passOn(signature, t("sign.lone.qr")));

/** With the key that is here, or with words from paper; where enough have signed nothing is left but to take it in. @param {Proposal} proposal @param {(proposal: Proposal) => unknown} put */
function signing(proposal, put) {
  const { node: paper, input: words } = secretField(
    "words",
    t("sign.words"),
    { hint: t("sign.words.hint"), list: "passphrase" },
    { required: !proposal.can_sign },
  );
  const send = (/** @type {string} */ doubt) =>
    post("api/proposals/sign", { proposal: proposal.text, words: words.value.trim(), instead: doubt === "instead" });
  const sign = async () => {
    const signed = await onceSure(send, another(proposal.name));
    if (signed) put(signed);
  };
  if (proposal.complete)
    return form(sign, h("div", { class: "actions" }, h("button", { class: "solid" }, t("sign.finish"))));
  return form(
    sign,
    h("p", { class: "warning serif" }, t("sign.warning")),
    proposal.can_sign ? h("details", {}, h("summary", {}, t("sign.paper")), paper) : paper,
    h("div", { class: "actions" }, h("button", { class: "solid" }, t(proposal.can_sign ? "sign.key" : "voices.sign"))),
  );
}
