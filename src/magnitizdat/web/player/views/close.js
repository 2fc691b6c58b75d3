// A premiere to be made: an album goes out sealed, its words in shares, and both are shown this once.
import { get } from "../api.js";
import { t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { dayAhead } from "../moments.js";
import { isQuorum, majority, MOST } from "../quorum.js";
import { asLabel, noLabel, signers } from "../ui/as_label.js";
import { h } from "../ui/dom.js";
import { button, field, form, heading, tick } from "../ui/form.js";
import { jobPanel } from "../ui/job.js";
import { regain } from "../ui/place.js";
import { seals } from "../ui/seals.js";

const AHEAD_DAYS = 30;

/** @param {string[]} params @param {AbortSignal} signal */
export async function show([id], signal) {
  const [album, labels] = await Promise.all([get(`api/albums/${id}`, { signal }), get("api/labels", { signal })]);
  const own = signers(labels);
  const box = h("div", {});
  const watch = (/** @type {Id} */ job) => {
    box.replaceChildren(jobPanel(job, signal, shares));
    regain(box);
  };
  const known = jobs
    .all()
    .filter((job) => job.verb === "premiere")
    .at(-1);
  if (known && (known.state === "running" || known.report.album === id)) watch(known.id);
  else box.append(own.length ? sheet(album, own, watch) : noLabel());
  return h("div", {}, heading(t("premiere.title"), t("premiere.line")), box);
}

/** @param {Sleeve} album @param {Label[]} own @param {Watch} watch */
function sheet(album, own, watch) {
  const need = h("input", {
    name: "need",
    type: "number",
    min: 2,
    max: MOST - 1,
    required: true,
    inputmode: "numeric",
  });
  const names = h("textarea", { name: "holders", rows: 5, required: true, dir: "auto" });
  const opens = h("input", {
    name: "opens",
    type: "date",
    required: true,
    value: dayAhead(AHEAD_DAYS),
  });
  const tally = h("div", { role: "status" });
  const holders = () => [
    ...new Set(
      names.value
        .split("\n")
        .map((name) => name.trim())
        .filter(Boolean),
    ),
  ];
  let chose = false; // until somebody says a number, it is the majority
  const fit = () => {
    const of = holders().length;
    if (!chose) need.value = String(majority(of));
    need.setCustomValidity(isQuorum(Number(need.value), of) ? "" : t("premiere.few"));
    tally.replaceChildren(...(of ? [seals(Math.min(Number(need.value), of), of, "closed.need")] : []));
  };
  const node = form(
    async (values) =>
      watch(
        await jobs.start("premiere", {
          album: album.id,
          label: String(values.get("label")),
          opens: opens.value,
          need: Number(need.value),
          holders: holders(),
          untitled: values.has("untitled"),
          letters: !values.has("no_letters"),
        }),
      ),
    h("h2", { dir: "auto" }, album.title),
    asLabel(own),
    field(t("premiere.opens"), opens, t("premiere.opens.hint")),
    field(t("premiere.holders"), names, t("premiere.holders.hint")),
    field(t("premiere.need"), need, t("holders.needed.hint")),
    tally,
    tick("untitled", t("premiere.untitled"), { hint: t("premiere.untitled.hint") }),
    tick("no_letters", t("premiere.paper"), { hint: t("premiere.paper.hint") }),
    h("p", { class: "warning serif" }, t("premiere.warning")),
    h(
      "div",
      { class: "actions" },
      h("button", { class: "solid" }, t("premiere.go")),
      h("a", { class: "button", href: `#/album/${album.id}` }, t("cancel")),
    ),
  );
  need.addEventListener("input", () => (chose = true));
  node.addEventListener("input", fit);
  fit();
  return node;
}

/** @param {Job} job @returns {Child} */
function shares(job) {
  const made = job.report.shares ?? [];
  return (
    made.length > 0 && [
      h("p", { class: "warning serif" }, t("premiere.once")),
      h(
        "div",
        { class: "shares print" },
        made.map(({ holder, words, qr, letter }) =>
          h(
            "section",
            { class: "paper" },
            h("h3", { dir: "auto" }, holder),
            qr && h("img", { class: "qr", src: qr, alt: t("premiere.qr", { name: holder }), width: 180, height: 180 }),
            h("p", { lang: "en", class: "typed" }, words),
            letter && h("p", { class: "typed small soft" }, t("premiere.letter")),
          ),
        ),
      ),
      button(t("print"), () => print()),
    ]
  );
}
