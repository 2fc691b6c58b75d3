// Who knows who is behind a label: theirs that I follow, and mine to sign.
import { media, post, remove } from "../api.js";
import { t } from "../i18n.js";
import { asLabel, asOnly, noLabel } from "./as_label.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { button, field, form, text } from "./form.js";
import { notice } from "./notice.js";

/** @param {LabelSheet} label @param {Label[]} own @param {() => Promise<void>} again */
export function vouches(label, own, again) {
  const signers = own.filter((one) => one.id !== label.id && !label.vouches.some((vouch) => vouch.label_id === one.id));
  const desk = h("div", {});
  const write = (/** @type {Label[]} */ speakers, note = "") => {
    desk.replaceChildren(letter(label, speakers, note, again, () => desk.replaceChildren()));
    desk.querySelector("h3")?.focus();
  };
  const anew = (/** @type {VouchLine} */ vouch) =>
    write(
      own.filter(({ id }) => id === vouch.label_id),
      vouch.note,
    );
  return h(
    "section",
    { class: "shelf vouches" },
    h("h2", {}, t("vouch.title")),
    label.vouches.length > 0
      ? h(
          "ul",
          { class: "rows plain" },
          label.vouches.map((vouch) => line(label, vouch, anew, again)),
        )
      : h("p", { class: "serif soft" }, t(label.own ? "vouch.none.own" : "vouch.none")),
    label.disagree && h("p", { class: "warning", role: "note", dir: "auto" }, label.disagree),
    desk,
    !label.own &&
      (own.length
        ? signers.length > 0 &&
          h(
            "div",
            { class: "actions" },
            button(t("vouch.do"), () => write(signers)),
          )
        : noLabel()),
  );
}

/** @param {LabelSheet} label @param {VouchLine} vouch @param {(vouch: VouchLine) => void} anew @param {() => Promise<void>} again */
function line(label, vouch, anew, again) {
  const withdraw = async () => {
    const sure = h("p", { dir: "auto" }, t("vouch.withdraw.sure", { name: label.name }));
    if (!(await ask(t("voices.withdraw"), sure, t("voices.withdraw"), { danger: true }))) return;
    notice((await remove(`api/labels/${label.id}/vouch?label=${vouch.label_id}`)).sentence ?? "");
    await again();
  };
  return h(
    "li",
    { class: "label-card" },
    h("img", { src: media(vouch.picture), alt: "", width: 48, height: 48 }),
    h(
      "div",
      {},
      h(
        "b",
        { class: vouch.agrees ? "" : "wrong" },
        h(
          "a",
          { href: `#/label/${vouch.label_id}` },
          h("bdi", {}, t(vouch.agrees ? "vouch.by" : "vouch.not", { name: vouch.name })),
        ),
      ),
      vouch.note && h("p", { class: "serif small said-text", dir: "auto" }, vouch.note),
      vouch.heard > 0 && h("p", { class: "typed small soft" }, t("vouch.heard", { version: vouch.heard })),
      vouch.outgrown && h("p", { class: "warning small" }, t("vouch.outgrown")),
    ),
    vouch.outgrown && button(t("vouch.anew"), () => anew(vouch), { class: "small" }),
    vouch.own && button(t("voices.withdraw"), withdraw, { class: "small" }),
  );
}

/** The sentence as it will be signed stands there before it is. @param {LabelSheet} label @param {Label[]} signers @param {string} said @param {() => Promise<void>} again @param {() => void} shut */
function letter(label, signers, said, again, shut) {
  const node = form(
    async (values) => {
      const wish = { label: String(values.get("label")), note: String(values.get("note")).trim() };
      notice((await post(`api/labels/${label.id}/vouch`, wish)).sentence);
      await again();
    },
    h("h3", { class: "what", tabindex: -1 }, t("vouch.signs")),
    h("blockquote", { class: "oath", dir: "auto" }, label.statement),
    h("p", { class: "typed small" }, t("vouch.compare")),
    asLabel(signers),
    field(t("vouch.note"), text("note", said, { maxlength: 512 }), t("vouch.note.hint")),
    h("p", { class: "warning serif" }, t("vouch.travels")),
    asOnly(signers),
    h("div", { class: "actions" }, h("button", { class: "solid" }, t("voices.sign")), button(t("cancel"), shut)),
  );
  node.classList.add("blank-slip");
  return node;
}
