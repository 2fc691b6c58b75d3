// A label as people recognise it: a picture, four words, and what one thinks of it.
import { media, post } from "../api.js";
import { t } from "../i18n.js";
import { emit } from "../store.js";
import { h } from "./dom.js";
import { button } from "./form.js";
import { notice } from "./notice.js";

export function labelCard(label, ...extra) {
  const follow = button(t("labels.follow"), async () => {
    await post(`api/labels/${label.id}/follow`);
    follow.replaceWith(h("em", { class: "tag" }, t("mark.follow")));
    notice(t("labels.followed", { name: label.name }));
    emit("followed", label.imprint);
  }, { class: "small" });
  const standing = label.own ? "own" : label.standing;
  return h(
    "div",
    { class: "label-card" },
    label.picture && h("img", { src: media(label.picture), alt: "", width: 64, height: 64 }),
    h("div", {}, h("b", { dir: "auto" }, label.name), h("p", { class: "typed small" }, label.words), label.freshness && h("p", { class: "typed small soft", dir: "auto" }, label.freshness)),
    standing === "new" ? follow : h("em", { class: "tag" }, t(`mark.${label.frozen ? "frozen" : standing}`)),
    extra,
  );
}
