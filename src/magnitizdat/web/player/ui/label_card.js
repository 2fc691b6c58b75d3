// A label as people recognise it: a picture, four words, and what one thinks of it.
import { media, post } from "../api.js";
import { t } from "../i18n.js";
import { onceSure } from "./dialog.js";
import { h } from "./dom.js";
import { button } from "./form.js";
import { notice } from "./notice.js";

/** Follow a label; one whose name is like that of another only once its words were compared. @param {{ id: Id, name: string, words: string }} label */
export async function follow({ id, name, words }) {
  const send = (/** @type {string} */ doubt) => post(`api/labels/${id}/follow`, { sure: doubt === "alike" });
  const alike = { title: t("labels.alike"), text: t("labels.alike.text", { name, words }), yes: t("labels.follow") };
  const done = await onceSure(send, { alike });
  if (done) notice(t("labels.followed", { name }));
  return done;
}

/** @param {Omit<Label, "own" | "frozen" | "freshness"> & Partial<Label>} label */
export function labelCard(label) {
  const press = button(
    t("labels.follow"),
    async () => {
      if (!(await follow(label))) return;
      press.replaceWith(h("em", { class: "tag", tabindex: -1 }, t("mark.follow")));
    },
    { class: "small" },
  );
  const standing = label.own ? "own" : label.standing;
  return h(
    "div",
    { class: "label-card" },
    h("img", { src: media(label.picture), alt: "", width: 64, height: 64 }),
    h(
      "div",
      {},
      h("b", {}, h("a", { href: `#/label/${label.id}`, dir: "auto" }, label.name)),
      label.vouched && h("p", { class: "typed small vouched", dir: "auto" }, label.vouched),
      h("p", { class: "typed small" }, label.words),
      label.freshness && h("p", { class: "typed small soft", dir: "auto" }, label.freshness),
    ),
    standing === "new" ? press : h("em", { class: "tag" }, t(`mark.${label.frozen ? "frozen" : standing}`)),
  );
}
