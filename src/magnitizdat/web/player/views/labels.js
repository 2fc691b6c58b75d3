import { get } from "../api.js";
import { t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { h } from "../ui/dom.js";
import { heading } from "../ui/form.js";
import { jobPanel } from "../ui/job.js";
import { labelCard } from "../ui/label_card.js";
import { empty } from "../ui/states.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const labels = await get("api/labels", { signal });
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
      .filter((job) => job.verb === "archive")
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
  );
}
