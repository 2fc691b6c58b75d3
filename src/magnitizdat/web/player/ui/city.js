// How far albums come in a city, tried before anybody walks: a model, by the very function that fills a stick.
import { media } from "../api.js";
import { t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { h } from "./dom.js";
import { field, form, tick } from "./form.js";
import { jobPanel } from "./job.js";

/** What is asked for, from least to most. @type {["people" | "couriers" | "weeks" | "stick" | "meetings" | "seed", number, number][]} */
const NUMBERS = [
  ["people", 2, 50_000],
  ["couriers", 2, 2_000],
  ["weeks", 3, 52],
  ["stick", 1, 1_000],
  ["meetings", 1, 14],
  ["seed", 0, 1_000_000],
];

/** @param {City} usual @param {AbortSignal} signal */
export function trying(usual, signal) {
  const work = h("div", { class: "work" });
  const saving = () =>
    h(
      "div",
      { class: "actions" },
      h("a", { class: "button", href: media("api/city/report"), download: "city.html" }, t("city.save")),
    );
  const watch = (/** @type {Id} */ id) =>
    work.replaceChildren(jobPanel(id, signal, (job) => (job.state === "done" ? saving() : null)));
  const known = jobs
    .all()
    .filter((job) => job.verb === "simulate")
    .at(-1);
  if (known) watch(known.id);
  const run = async (/** @type {FormData} */ values) => {
    const numbers = NUMBERS.map(([name]) => [name, Number(values.get(name))]);
    watch(await jobs.start("simulate", { city: { ...Object.fromEntries(numbers), stash: values.has("stash") } }));
  };
  const inputs = NUMBERS.map(([name, min, max]) =>
    field(t(`city.${name}`), h("input", { name, type: "number", min, max, value: usual[name], required: true })),
  );
  return h(
    "section",
    { class: "shelf" },
    h("h2", {}, t("city.title")),
    h("p", { class: "serif" }, t("city.text")),
    work,
    h(
      "details",
      { class: "other" },
      h("summary", {}, t("city.which")),
      form(
        run,
        inputs,
        tick("stash", t("city.stash"), { checked: usual.stash }),
        h("div", { class: "actions" }, h("button", {}, t("city.try"))),
      ),
    ),
  );
}
