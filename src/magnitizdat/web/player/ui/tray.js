// Work that runs while the page shows something else.
import { t } from "../i18n.js";
import { air, isOpen } from "../air.js";
import * as jobs from "../jobs.js";
import { here } from "../router.js";
import { lacking, sending } from "../sending.js";
import { listen } from "../store.js";
import { h, part } from "./dom.js";
import { notice } from "./notice.js";

/** @type {Record<Verb, string>} */
const PLACES = {
  take: "take",
  accept: "share",
  fill: "fill",
  rehearse: "fill",
  export: "fill",
  copy: "fill",
  pocket: "browser",
  simulate: "carry",
  stash_take: "carry",
  stash_give: "carry",
  check: "fill",
  mend: "fill",
  import: "import",
  publish: "publish",
  archive: "labels",
  mirror: "labels",
  premiere: "close",
  open: "premiere",
};
const GAP_PX = 56;
let life = new AbortController();

/** @param {boolean} open */
export function tray(open) {
  life.abort();
  life = new AbortController();
  const box = part("tray");
  box.setAttribute("aria-label", t("job.tray"));
  box.hidden = true;
  document.documentElement.style.removeProperty("--tray");
  if (!open) return;
  let sent = false;
  let onAir = false;
  const update = () => {
    const running = jobs.running().filter((job) => PLACES[job.verb] !== here().name);
    const lines = running.map((job) => line(PLACES[job.verb], t(`verb.${job.verb}`), job));
    const files = here().name === PLACES.import ? null : sending();
    if (sent && !sending() && !lacking() && here().name !== PLACES.import) notice(t("import.came"));
    sent = Boolean(sending());
    if (files) lines.push(line(PLACES.import, t("import.sending"), files));
    if (onAir && here().name !== PLACES.accept)
      lines.unshift(h("a", { href: `#/${PLACES.accept}`, class: "running on" }, h("b", {}, t("share.on"))));
    box.hidden = !lines.length;
    box.replaceChildren(...lines);
    const under = lines.length ? box.offsetHeight + GAP_PX : 0; // so much room is left at the end of every page
    document.documentElement.style.setProperty("--tray", `${under}px`);
  };
  const { signal } = life;
  const look = async () => {
    const found = await air(signal).catch(() => null);
    if (signal.aborted) return;
    onAir = found ? isOpen(found) : onAir;
    update();
  };
  look();
  listen("evening", look, signal);
  addEventListener("hashchange", look, { signal });
  addEventListener("focus", look, { signal });
  listen("jobs", update, life.signal);
  listen("sending", update, life.signal);
  addEventListener("hashchange", update, { signal: life.signal });
  listen("finished", told, life.signal);
}

/** @param {Job} job */
function told(job) {
  if (PLACES[job.verb] === here().name) return;
  notice(job.sentence || t(`job.${job.state}`), { bad: job.state === "failed" });
}

/** @param {string} place @param {string} words @param {{ done: number, total: number | null }} far */
function line(place, words, { done, total }) {
  return h(
    "a",
    { href: `#/${place}`, class: "running" },
    h("span", {}, words),
    total
      ? h("progress", { max: 1, value: Math.min(1, done / total), "aria-label": t("job.progress") })
      : h("progress", { "aria-label": t("job.progress") }),
  );
}
