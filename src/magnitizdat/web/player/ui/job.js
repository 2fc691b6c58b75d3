// How far long work is, and how it ended.
import { number, size, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { listen } from "../store.js";
import { h, there } from "./dom.js";
import { announce, complain } from "./notice.js";
import { regain } from "./place.js";
import { reels } from "./reels.js";

/**
 * The panel of job `id`; `ended(job)` gives what to show under it when it has ended.
 * @param {Id} id @param {AbortSignal} signal @param {(job: Job) => Child} [ended]
 */
export function jobPanel(id, signal, ended = () => null) {
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
    h("div", { class: "job-head" }, tape.picture, h("div", {}, what, figures)),
    bar,
    sentence,
    after,
    h("div", { class: "actions" }, stop),
  );
  let over = false;
  const update = () => {
    const job = jobs.job(id);
    if (!job || over) return;
    what.textContent = job.state === "running" ? job.what || t(`verb.${job.verb}`) : t(`job.${job.state}`);
    const show = job.unit === "files" ? number : size;
    const tellsItself = job.state === "done" || job.state === "partly"; // how much it was, its sentence says
    figures.textContent =
      job.total && !tellsItself ? t("job.of", { done: show(job.done), total: show(job.total) }) : "";
    progress(job, tape, bar);
    if (job.state === "running") return;
    over = true;
    box.classList.add("over", job.state);
    stop.remove();
    regain(box);
    const said = job.sentence || t(`job.${job.state}`);
    sentence.textContent = said;
    after.append(...there([outcome(job), ended(job)]));
    announce(said);
  };
  listen("jobs", update, signal);
  update();
  return box;
}

/** @param {Job} job @param {ReturnType<typeof reels>} tape @param {HTMLProgressElement} bar */
function progress(job, tape, bar) {
  const share = job.total ? Math.min(1, job.done / job.total) : 0;
  const running = job.state === "running";
  if (!running) bar.hidden = true;
  else if (job.total) bar.value = share;
  else bar.removeAttribute("value");
  tape.wind(running ? share : 1, running);
}

/** @param {Job} job @returns {Child[]} */
function outcome(job) {
  const said = job.said.filter((line) => line !== job.sentence);
  return [
    job.words &&
      h("div", { class: "words" }, h("p", {}, t("job.words")), h("p", { class: "six", lang: "en" }, job.words)),
    job.safe_to_pull && h("p", { class: "safe" }, t("job.safe")),
    said.length > 0 &&
      h(
        "ul",
        { class: "typed small said" },
        said.map((line) => h("li", { dir: "auto" }, line)),
        job.more_said > 0 && h("li", {}, t("picked.more", { n: number(job.more_said) })),
      ),
    leftOut(job.missing, job.more_missing),
  ];
}

/** What is missing, with a reason each, and how many more are; null where nothing is. @param {Shortfall[]} missing */
export function leftOut(missing, more = 0) {
  if (!missing.length) return null;
  return h(
    "details",
    { class: "missing" },
    h("summary", {}, t("job.missing", { n: missing.length + more })),
    h(
      "ul",
      { tabindex: 0 },
      missing.map((one) => h("li", { dir: "auto" }, `${one.what}: ${one.reason}`)),
      more > 0 && h("li", {}, t("picked.more", { n: number(more) })),
    ),
  );
}
