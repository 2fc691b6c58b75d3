// What ends: following a label, its place here; or the name that one of mine had.
import { post, remove } from "../api.js";
import { t } from "../i18n.js";
import { go } from "../router.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { field, text } from "./form.js";
import { menu } from "./menu.js";
import { complain, notice } from "./notice.js";

/** @param {LabelSheet} label @param {() => Promise<void>} again */
export function labelEnds(label, again) {
  /** @type {(act: () => Promise<unknown>) => () => Promise<unknown>} */
  const told = (act) => () => act().catch(complain);
  const unfollow = told(async () => {
    notice((await post(`api/labels/${label.id}/unfollow`)).sentence);
    await again();
  });
  /** @type {[string, () => unknown][]} */
  const items = label.own
    ? [[t("labels.rename"), told(() => rename(label, again))]]
    : [
        [t("labels.remove"), told(() => gone(label, "remove"))],
        [t("labels.block"), told(() => gone(label, "block"))],
      ];
  if (label.standing === "follow") items.unshift([t("labels.unfollow"), unfollow]);
  return menu(t("labels.ends"), items);
}

/** @param {LabelSheet} label @param {"remove" | "block"} how */
async function gone({ id, name }, how) {
  const words = h("p", { dir: "auto" }, t(`labels.${how}.sure`, { name }));
  if (!(await ask(t(`labels.${how}`), words, t(`labels.${how}`), { danger: true }))) return;
  const done =
    how === "block" ? await post(`api/labels/${id}/block`, { sure: true }) : await remove(`api/labels/${id}?sure=true`);
  notice(done.sentence ?? "");
  go("labels");
}

/** @param {LabelSheet} label @param {() => Promise<void>} again */
async function rename(label, again) {
  const name = text("name", label.name, { required: true, maxlength: 100 });
  const content = [h("p", { class: "serif" }, t("labels.rename.text")), field(t("publish.labelname"), name)];
  if (!(await ask(t("labels.rename"), content, t("labels.rename.do")))) return;
  notice((await post(`api/labels/${label.id}/name`, { name: name.value.trim() })).sentence);
  await again();
}
