// One label: its words, who vouches for it, who carries it on, what of it is here.
import { get, media, post } from "../api.js";
import { number, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { signers } from "../ui/as_label.js";
import { albumCell } from "../ui/covers.js";
import { h } from "../ui/dom.js";
import { button } from "../ui/form.js";
import { address } from "../ui/address.js";
import { archiveForm } from "../ui/archive.js";
import { holders } from "../ui/holders.js";
import { jobPanel } from "../ui/job.js";
import { follow } from "../ui/label_card.js";
import { labelEnds } from "../ui/label_ends.js";
import { mirrorForm } from "../ui/mirror.js";
import { passport } from "../ui/passport.js";
import { regain } from "../ui/place.js";
import { vouches } from "../ui/vouches.js";
import { wish } from "../ui/wish.js";

/** @param {string[]} params @param {AbortSignal} signal */
export async function show([id], signal) {
  const box = h("article", { class: "label-sheet" });
  const again = async () => {
    await draw();
    regain(box);
  };
  const draw = async () => {
    const [label, labels, shelf] = await Promise.all([
      get(`api/labels/${id}`, { signal }),
      get("api/labels", { signal }),
      get(`api/albums?offset=0&size=12&order=newest&label=${id}`, { signal }),
    ]);
    const own = signers(labels);
    box.replaceChildren(
      head(label, again),
      ...[
        vouches(label, own, again),
        holders(label, again, signal),
        address(label, again),
        albums(id, shelf),
        archive(label, signal),
      ].filter((part) => part instanceof Node),
    );
  };
  await draw();
  return box;
}

/** @param {LabelSheet} label @param {() => Promise<void>} again */
function head(label, again) {
  const standing = label.own ? "own" : label.frozen ? "frozen" : label.standing;
  const take = async () => {
    if (await follow(label)) await again();
  };
  return passport(label, {
    over: t("labels.one"),
    lines: [
      label.freshness && h("p", { class: "typed small soft", dir: "auto" }, label.freshness),
      label.handed_over && h("p", { class: "serif handed", dir: "auto" }, label.handed_over),
      label.marked && h("p", { class: "warning", dir: "auto" }, label.marked),
      label.forks.map((fork) => branches(label, fork, again)),
    ],
    actions: [
      standing === "new"
        ? button(t("labels.follow"), take, { class: "solid" })
        : h("em", { class: "stamp pick" }, t(`mark.${standing}`)),
      !label.own && button(t("wish.ask"), () => wish(label.words, label.name)),
      labelEnds(label, again),
    ],
    rest: h(
      "details",
      { class: "code" },
      h("summary", {}, t("labels.code")),
      h("img", { class: "qr", src: media(label.qr), alt: t("publish.qr"), width: 160, height: 160, loading: "lazy" }),
    ),
  });
}

/** What was signed twice, and which of the two one goes on with. @param {LabelSheet} label @param {Fork} fork @param {() => Promise<void>} again */
function branches(label, fork, again) {
  const choose = (/** @type {string} */ branch) => async () => {
    await post(`api/labels/${label.id}/choose`, { branch });
    await again();
  };
  return h(
    "div",
    { class: "warning" },
    h("p", { dir: "auto" }, fork.sentence),
    h(
      "p",
      { class: "actions" },
      button(t("labels.choose.held"), choose(fork.held)),
      button(t("labels.choose.other"), choose(fork.other)),
    ),
  );
}

/** @param {Id} label @param {{ total: number, albums: Album[] }} found */
function albums(label, found) {
  if (!found.total) return null;
  return h(
    "section",
    { class: "shelf" },
    h(
      "div",
      { class: "line" },
      h("h2", {}, t("labels.here"), " ", h("span", { class: "count" }, number(found.total))),
      found.total > found.albums.length &&
        h("a", { class: "typed small", href: `#/albums/label/${label}`, "aria-label": t("labels.all") }, t("home.all")),
    ),
    h(
      "ul",
      { class: "strip" },
      found.albums.map((album) => h("li", {}, albumCell(album))),
    ),
  );
}

/** @param {LabelSheet} label @param {AbortSignal} signal */
function archive(label, signal) {
  const work = h("div", { class: "work" });
  const watch = (/** @type {Id} */ job) => work.replaceChildren(jobPanel(job, signal));
  const known = jobs
    .all()
    .filter((job) => ["archive", "mirror"].includes(job.verb))
    .at(-1);
  if (known) watch(known.id);
  return h(
    "section",
    { class: "shelf" },
    h("h2", {}, t("archive.title")),
    h("p", { class: "serif" }, t("archive.line")),
    work,
    archiveForm(label, watch),
    label.own && mirrorForm(label, watch),
  );
}
