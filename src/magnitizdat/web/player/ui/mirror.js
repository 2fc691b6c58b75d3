// An own label openly at an address: written there, compared with what lies there, written again.
import { t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { h } from "./dom.js";
import { button, field, form, text } from "./form.js";

/** @param {LabelSheet} label @param {Watch} watch */
export function mirrorForm(label, watch) {
  const to = text("to", "", {
    required: true,
    inputmode: "url",
    spellcheck: "false",
    dir: "ltr",
    placeholder: "s3://",
  });
  const start = (/** @type {"write" | "check" | "mend"} */ way) => async () => {
    if (node.reportValidity()) watch(await jobs.start("mirror", { label: label.id, to: to.value.trim(), way }));
  };
  /** @type {HTMLFormElement} */
  const node = form(
    start("write"),
    field(t("mirror.to"), to, t("mirror.hint")),
    h(
      "div",
      { class: "actions" },
      h("button", { class: "solid" }, t("mirror.write")),
      button(t("mirror.check"), start("check")),
      button(t("reel.mend"), start("mend")),
    ),
  );
  return h("details", { class: "other" }, h("summary", {}, t("mirror.title")), node);
}
