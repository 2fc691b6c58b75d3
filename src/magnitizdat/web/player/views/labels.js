import { get, remove } from "../api.js";
import { t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { h } from "../ui/dom.js";
import { button, heading } from "../ui/form.js";
import { jobPanel } from "../ui/job.js";
import { labelCard } from "../ui/label_card.js";
import { notice } from "../ui/notice.js";
import { empty } from "../ui/states.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const [labels, blocked] = await Promise.all([get("api/labels", { signal }), get("api/labels/blocked", { signal })]);
  const part = (/** @type {string} */ title, /** @type {Label[]} */ some) =>
    some.length > 0 &&
    h("section", { class: "shelf" }, h("h2", {}, title), h("div", { class: "cards" }, some.map(labelCard)));
  const fresh = labels.filter((label) => !label.own && label.standing === "new");
  return h(
    "div",
    {},
    heading(t("labels.title"), t("labels.line")),
    jobs
      .all()
      .filter((job) => ["archive", "mirror"].includes(job.verb))
      .map((job) => jobPanel(job.id, signal)),
    labels.length ? null : empty(t("labels.none"), t("labels.none.text")),
    part(
      t("labels.own"),
      labels.filter((label) => label.own),
    ),
    part(
      t("labels.followed.title"),
      labels.filter((label) => !label.own && label.standing !== "new"),
    ),
    part(t("labels.new"), fresh),
    blocked.length > 0 && shutOut(blocked),
  );
}

/** @param {{ id: Id, name: string, words: string }[]} blocked */
function shutOut(blocked) {
  const line = (/** @type {{ id: Id, name: string, words: string }} */ one) => {
    const again = async () => {
      notice((await remove(`api/labels/blocked/${one.id}`)).sentence ?? "");
      node.remove();
    };
    const node = h(
      "li",
      { class: "ruled" },
      h("span", {}, h("b", { dir: "auto" }, one.name), h("small", { class: "typed" }, ` ${one.words}`)),
      button(t("labels.unblock"), again, { class: "small" }),
    );
    return node;
  };
  return h(
    "section",
    { class: "shelf" },
    h("h2", {}, t("labels.blocked")),
    h("ul", { class: "rows plain" }, blocked.map(line)),
  );
}
