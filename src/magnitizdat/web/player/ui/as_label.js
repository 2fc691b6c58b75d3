// Which of my labels signs: asked of whoever has several, since to others each may be another person.
import { t } from "../i18n.js";
import { h } from "./dom.js";
import { oneOf } from "./form.js";

/** @typedef {{ id: Id, name: string, words: string }} Signer */

/** Of all labels those that a person signs as: a club and what its officers sign as are none of them. @param {Label[]} labels */
export const signers = (labels) => labels.filter((label) => label.own && !label.club);

/** A field `label`; of the only one nobody is asked. @param {Signer[]} own @param {Id} [chosen] */
export function asLabel(own, chosen = "") {
  if (own.length === 1) return h("input", { type: "hidden", name: "label", value: own[0].id });
  return oneOf(
    "label",
    t("as.which"),
    own.map((one) => [one.id, one.name, one.words]),
    chosen,
  );
}

/** In whose name, where there is no choice. @param {Signer[]} own */
export const asOnly = (own) =>
  own.length === 1
    ? h("p", { class: "typed small soft" }, t("as.only", { name: own[0].name, words: own[0].words }))
    : null;

/** What is said to somebody without a label. */
export const noLabel = () => h("p", { class: "serif" }, t("as.none"), " ", h("a", { href: "#/friends" }, t("as.make")));
