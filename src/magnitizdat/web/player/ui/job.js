// How far long work is, and how it ended.
import { number, size, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { listen } from "../store.js";
import { h } from "./dom.js";
import { announce, complain } from "./notice.js";
import { regain } from "./place.js";
import { reels } from "./reels.js";

/** The panel of job `id`; `ended(job)` gives what to show under it when it has ended. */
export function jobPanel(id, { ended = () => null, signal } = {}) {
  const tape = reels({ turning: true });
  const [what, figures, sentence] = [
    h("p", { class: "typed what", dir: "auto" }),
    h("p", { class: "typed small" }),
    h("p", { class: "sentence" }),
  ];
  const bar = h("progress", { max: 1, "aria-label": t("job.progress") });
  const stop = h("button", { type: "button", on: { click: () => jobs.stop(id).catch(complain) } }, t("job.stop"));
  const after = h("div", { class: "after" });
  const box = h(
    "section",
    { class: "job", "aria-live": "off" },
    h("div", { class: "job-head" }, tape, h("div", {}, what, figures)),
    bar,
    sentence,
    after,
    h("div", { class: "actions" }, stop),
  );
  let over = false;
  const update = () => {
    const job = jobs.job(id);
    if (!job || over) return;
    progress(job, { tape, what, figures, bar });
    if (job.state === "running") return;
    over = true;
    box.classList.add("over", job.state);
    stop.remove();
    regain(box);
    sentence.textContent = job.sentence ?? t(`job.${job.state}`);
    after.append(...outcome(job), ...[ended(job)].flat(Infinity).filter(Boolean));
    announce(sentence.textContent);
  };
  listen("jobs", update, signal);
  update();
  return box;
}

function progress(job, { tape, what, figures, bar }) {
  const share = job.total ? Math.min(1, job.done / job.total) : 0;
  const running = job.state === "running";
  what.textContent = running ? job.what || t(`verb.${job.verb}`) : t(`job.${job.state}`);
  const show = job.unit === "files" ? number : size;
  figures.textContent = job.total ? t("job.of", { done: show(job.done), total: show(job.total) }) : "";
  if (!running) bar.hidden = true;
  else if (job.total) bar.value = share;
  else bar.removeAttribute("value");
  tape.set(running ? share : 1, running);
}

function outcome(job) {
  const said = (job.said ?? []).filter((line) => line !== job.sentence);
  return [
    job.words &&
      h("div", { class: "words" }, h("p", {}, t("job.words")), h("p", { class: "six", lang: "en" }, job.words)),
    job.safe_to_pull && h("p", { class: "safe" }, t("job.safe")),
    said.length > 0 &&
      h(
        "ul",
        { class: "typed small said" },
        said.map((line) => h("li", { dir: "auto" }, line)),
      ),
    leftOut(job.missing),
  ].filter(Boolean);
}

/** What is missing, with a reason each; null where nothing is. */
export function leftOut(missing) {
  if (!missing?.length) return null;
  return h(
    "details",
    { class: "missing" },
    h("summary", {}, t("job.missing", { n: missing.length })),
    h(
      "ul",
      { tabindex: 0 },
      missing.map((one) => h("li", { dir: "auto" }, `${one.what}: ${one.reason}`)),
    ),
  );
}
