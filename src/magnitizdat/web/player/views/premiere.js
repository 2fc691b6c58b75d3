// A closed album: what is known of it, and the shares that open it when there are enough.
import { get, post } from "../api.js";
import { byline, day, size, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { signers } from "../ui/as_label.js";
import { closedSleeve } from "../ui/closed.js";
import { h } from "../ui/dom.js";
import { button, form, heading } from "../ui/form.js";
import { secretField } from "../ui/secret_field.js";
import { jobPanel } from "../ui/job.js";
import { notice } from "../ui/notice.js";
import { reader, sent } from "../ui/reader.js";
import { seals } from "../ui/seals.js";

/** @param {string[]} params @param {AbortSignal} signal */
export async function show([id], signal) {
  const [premiere, labels] = await Promise.all([get(`api/premieres/${id}`, { signal }), get("api/labels", { signal })]);
  const work = h("div", { class: "work" });
  const watch = (/** @type {Id} */ job) => work.replaceChildren(jobPanel(job, signal, opened));
  const known = jobs.running().find((job) => job.verb === "open" && job.report.premiere === id);
  if (known) watch(known.id);
  const own = signers(labels);
  return h(
    "article",
    { class: "premiere" },
    heading(
      premiere.title || t("closed.untitled"),
      [byline(premiere.artist), premiere.label].filter(Boolean).join(" · "),
    ),
    h(
      "div",
      { class: "jcard" },
      h("div", { class: "front" }, closedSleeve(premiere)),
      h("div", { class: "spine", "aria-hidden": "true" }, h("span", { dir: "auto" }, premiere.label)),
      h(
        "div",
        { class: "sides" },
        told(premiere),
        work,
        premiere.opened ? whole(premiere) : opening(premiere, own, watch, signal),
      ),
    ),
  );
}

/** @param {Premiere} premiere */
function told(premiere) {
  const date = day(premiere.opens);
  return [
    h("p", { class: "big" }, t("closed.opens", { date })),
    seals(premiere.need, premiere.of, "closed.need"),
    h("p", { class: "serif" }, t(premiere.here ? "closed.text" : "closed.away")),
    premiere.length > 0 && h("p", { class: "typed small soft" }, size(premiere.length)),
  ];
}

/** @param {Premiere} premiere */
const whole = (premiere) =>
  h("p", { class: "actions" }, h("a", { class: "button solid", href: `#/album/${premiere.album}` }, t("take.listen")));

/** @param {Job} job @returns {Child} */
const opened = (job) =>
  job.report.album && [
    h("p", { class: "serif" }, t("open.shown")),
    h("a", { class: "button solid", href: `#/album/${job.report.album}` }, t("take.listen")),
  ];

/** @param {Premiere} premiere @param {Label[]} own @param {Watch} watch @param {AbortSignal} signal */
function opening(premiere, own, watch, signal) {
  if (!premiere.here) return null;
  /** @type {string[]} */
  const shares = [];
  const have = h("div", { role: "status" });
  const node = h("section", { class: "opening" });
  const start = async (/** @type {string} */ words) => {
    const as = String(new FormData(say).get("label") ?? "");
    watch(await jobs.start("open", { premiere: premiere.id, shares, words, label: as }));
    node.remove();
  };
  const draw = () => {
    have.replaceChildren(
      h("p", { class: "typed" }, t("open.have", { n: shares.length, of: premiere.need })),
      seals(shares.length, premiere.need, "open.have"),
    );
    go.hidden = shares.length < premiere.need;
  };
  const keep = async (/** @type {string | Blob} */ share, /** @type {Asking} */ options = {}) => {
    const body = share instanceof Blob ? share : { text: share };
    const read = await post(`api/premieres/${premiere.id}/share`, body, sent(share, options));
    if (shares.includes(read.text)) return notice(t("open.twice"));
    if (shares.length < premiere.need) shares.push(read.text);
    return draw();
  };
  const go = button(t("open.go"), () => start(""), { class: "solid", hidden: true });
  const say = h("form", {}, own.length > 0 && saying(own));
  const { node: typed, input: words } = secretField(
    "words",
    t("open.words.label"),
    { hint: t("open.words.hint"), list: "passphrase" },
    { lang: "en" },
  );
  node.append(
    h("h2", {}, t("open.title")),
    h("p", { class: "serif" }, t("open.text")),
    have,
    ...reader(keep, signal, { label: t("open.share"), put: t("open.put"), many: true }).filter(
      (one) => one instanceof Node,
    ),
    h(
      "details",
      {},
      h("summary", {}, t("open.words")),
      form(() => start(words.value.trim()), typed, h("button", {}, t("open.words.go"))),
    ),
    say,
    h("div", { class: "actions" }, go),
  );
  draw();
  return node;
}

/** To say the words is to open it for everybody who hears that label. @param {Label[]} own */
const saying = (own) =>
  h(
    "label",
    { class: "field" },
    h("span", {}, t("open.as")),
    h(
      "select",
      { name: "label" },
      h("option", { value: "" }, t("open.as.nobody")),
      own.map((label) => h("option", { value: label.id }, `${label.name} · ${label.words}`)),
    ),
    h("small", {}, t("open.as.hint")),
  );
