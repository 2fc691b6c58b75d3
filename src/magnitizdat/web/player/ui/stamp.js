// The verdict on an album: a word pressed in red ink, and in words how fresh it is.
import { t } from "../i18n.js";
import { h } from "./dom.js";

/** @param {Verdict} verdict */
export function stamp(verdict) {
  return h(
    "div",
    { class: `verdict ${verdict.word}` },
    h("span", { class: "stamp" }, t(`verdict.${verdict.word}`)),
    verdict.sentences.map((sentence) => h("p", { class: "typed small", dir: "auto" }, sentence)),
  );
}
