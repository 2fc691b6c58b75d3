// Work that runs while the page shows something else.
import { t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { here } from "../router.js";
import { listen } from "../store.js";
import { h, part } from "./dom.js";
import { notice } from "./notice.js";

/** @type {Record<Verb, string>} */
const PLACES = {
  take: "take",
  accept: "share",
  fill: "fill",
  copy: "fill",
  check: "fill",
  mend: "fill",
  import: "import",
  publish: "publish",
  archive: "labels",
  premiere: "close",
  open: "premiere",
};
let life = new AbortController();

/** @param {boolean} open */
export function tray(open) {
  life.abort();
  life = new AbortController();
  const box = part("tray");
  box.setAttribute("aria-label", t("job.tray"));
  box.hidden = true;
  if (!open) return;
  const update = () => {
    const running = jobs.running().filter((job) => PLACES[job.verb] !== here().name);
    box.hidden = !running.length;
    box.replaceChildren(...running.map(line));
  };
  listen("jobs", update, life.signal);
  addEventListener("hashchange", update, { signal: life.signal });
  listen("finished", told, life.signal);
  jobs.recall();
}

/** @param {Job} job */
function told(job) {
  if (PLACES[job.verb] === here().name) return;
  notice(job.sentence || t(`job.${job.state}`), { bad: job.state === "failed" });
}

/** @param {Job} job */
function line(job) {
  return h(
    "a",
    { href: `#/${PLACES[job.verb]}`, class: "running" },
    h("span", {}, t(`verb.${job.verb}`)),
    job.total
      ? h("progress", { max: 1, value: Math.min(1, job.done / job.total), "aria-label": t("job.progress") })
      : h("progress", { "aria-label": t("job.progress") }),
  );
}
