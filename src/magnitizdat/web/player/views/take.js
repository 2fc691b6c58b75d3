// Take from a stick: what is plugged in is noticed, and one button takes it.
import { get, post } from "../api.js";
import { size, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { h } from "../ui/dom.js";
import { store } from "../store.js";
import { button, field, form, heading, text, tick } from "../ui/form.js";
import { secretField } from "../ui/secret_field.js";
import { folderForm } from "../ui/folder.js";
import { jobPanel } from "../ui/job.js";
import { labelCard } from "../ui/label_card.js";
import { notice } from "../ui/notice.js";
import { pickedThings } from "../ui/picked.js";
import { lookForSticks } from "../ui/plugged.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const work = h("div", { class: "work" });
  const list = h("div", { class: "sticks" });
  /** @type {Begin} */
  const begin = async (options) => {
    const id = await jobs.start("take", options);
    watch(work, id, signal, (more) => begin({ ...options, ...more }), options.without);
  };
  const found = await get("api/sticks", { signal });
  const all = (/** @type {{ sticks: Stick[], files: Stick[] }} */ { sticks, files }) => [...files, ...sticks];
  draw(list, all(found), begin);
  lookForSticks(
    found.sticks,
    (sticks) => draw(list, all({ ...found, sticks }), begin),
    signal,
    () => list.contains(document.activeElement),
  );
  const known = jobs
    .all()
    .filter((job) => job.verb === "take")
    .at(-1);
  if (known) watch(work, known.id, signal);
  const offered = async () => {
    Object.assign(found, await get("api/sticks", { signal }));
    draw(list, all(found), begin);
  };
  return h("div", {}, heading(t("take.title"), t("take.line")), work, list, folderForm(offered), elsewhere(begin));
}

/** @typedef {(options: { reel?: Id, stick?: Id, address?: string, words?: string, others?: string[], proxy?: string, give?: Ticked | null, again?: boolean, albums?: string[], without?: string[] }) => Promise<void>} Begin */

/** @param {Element} work @param {Id} id @param {AbortSignal} signal @param {Begin} [again] @param {string[]} [without] */
function watch(work, id, signal, again, without = []) {
  work.replaceChildren(
    jobPanel(id, signal, (job) => [
      mail(job),
      slip(job),
      passedOver(job, again),
      late(job, again),
      frozen(job),
      againstWord(job, without, again),
      newLabels(job),
    ]),
  );
  work.scrollIntoView({ block: "nearest" });
}

/** Letters that came, and clubs that they let in. @param {Job} job @returns {Child} */
function mail(job) {
  const { post, brought } = job.report.mail ?? { post: { opened: 0 }, brought: { waiting: [] } };
  return [
    post.opened > 0 && h("p", {}, h("a", { href: "#/post" }, t("post.unread", { n: post.opened }))),
    brought.waiting.map(({ name, words }) =>
      h("p", {}, h("a", { href: "#/clubs" }, h("bdi", {}, name)), ` · ${t("club.invited")} ${words}`),
    ),
  ];
}

/** Whoever cut a reel would like to hear what arrived. @param {Job} job @returns {Child} */
function slip(job) {
  const reels = job.report.slips ?? [];
  if (!reels.length) return null;
  const say = button(t("slip.say"), async () => {
    notice((await post("api/slips", { reels })).sentence);
    say.remove();
  });
  return [h("p", { class: "serif" }, t("slip.text")), say];
}

/** What was removed here comes again for whoever wants it. @param {Job} job @param {Begin} [again] @returns {Child} */
function passedOver(job, again) {
  const removed = (job.report.labels ?? []).flatMap((label) => label.removed ?? []);
  return again && removed.length > 0 && button(t("take.again", { n: removed.length }), () => again({ again: true }));
}

/** Albums of an older stick that the newest list does not name: whoever knows better takes them. @param {Job} job @param {Begin} [again] @returns {Child} */
function late(job, again) {
  const left = (job.report.labels ?? []).flatMap((label) => label.unlisted ?? []);
  return again && left.map(({ id, title }) => button(t("take.late", { title }), () => again({ albums: [id] })));
}

/** A label that signed two different things has a sheet where one chooses. @param {Job} job @returns {Child} */
function frozen(job) {
  return (job.report.frozen ?? []).map(({ id, name }) =>
    h("p", {}, h("a", { class: "button", href: `#/label/${id}` }, t("take.choose", { name }))),
  );
}

/** Whoever asked by another way takes a label although a friend knows another. @param {Job} job @param {string[]} without @param {Begin} [again] @returns {Child} */
function againstWord(job, without, again) {
  const words = (job.report.labels ?? []).flatMap((label) => label.refused_by ?? []);
  return (
    again &&
    words.map(({ name, imprint }) =>
      button(t("take.without", { name }), () => again({ without: [...without, imprint] })),
    )
  );
}

/** What came from labels that nobody here follows is shelved already; to follow can wait. @param {Job} job @returns {Child} */
function newLabels(job) {
  const came = job.report.new_labels ?? [];
  const shelf = h("a", { class: "button solid", href: "#/albums" }, t("take.listen"));
  if (!came.length) return job.state === "failed" ? null : shelf;
  return [
    h("h2", {}, t("take.new", { n: came.length })),
    h("p", { class: "serif" }, t("take.new.text")),
    came.map((label) => labelCard({ ...label, standing: "new" })),
    shelf,
  ];
}

/** @param {Element} list @param {Stick[]} sticks @param {Begin} begin */
function draw(list, sticks, begin) {
  if (sticks.length) list.replaceChildren(...sticks.map((stick) => stickCard(stick, begin)));
  else
    list.replaceChildren(
      h(
        "div",
        { class: "state sleeve small" },
        h("div", { class: "blank stick", "aria-hidden": "true" }),
        h("h2", {}, t("take.none")),
        h("p", {}, t("take.none.text")),
      ),
    );
}

/** @param {Stick} stick @param {Begin} begin */
function stickCard(stick, begin) {
  const reels = stick.reels.map((reel) => reelForm(reel, begin));
  const plain =
    stick.album_folders &&
    h(
      "div",
      { class: "reel" },
      h("p", {}, t("take.folders")),
      button(t("take.import"), () => begin({ stick: stick.id })),
    );
  return h(
    "section",
    { class: "stick card" },
    h("h2", { dir: "auto" }, stick.name),
    h(
      "p",
      { class: "typed small" },
      !stick.readable && t("take.unreadable"),
      stick.readable && stick.length !== null && t("take.free", { free: size(stick.free), length: size(stick.length) }),
    ),
    reels,
    plain,
    !reels.length && !plain && h("p", { class: "typed soft" }, t("take.nothing")),
  );
}

/** @param {Reel} reel @param {Begin} begin */
function reelForm(reel, begin) {
  const closed = reel.mine === false && !reel.words;
  const words =
    reel.words &&
    secretField(
      "words",
      t("take.words"),
      { hint: t("take.words.hint"), list: "passphrase", seen: true },
      { lang: "en" },
    );
  return form(
    () => begin({ reel: reel.id, words: words ? words.input.value.trim() : undefined }),
    h(
      "div",
      { class: "reel" },
      h(
        "p",
        {},
        h("b", { dir: "auto" }, reel.name || t(reel.file ? "take.reel.file" : "take.reel")),
        h("small", { class: "typed" }, size(reel.length)),
      ),
      words && words.node,
      closed ? h("p", { class: "typed soft" }, t("take.notmine")) : h("button", { class: "solid" }, t("take.take")),
    ),
  );
}

/** A share of another laptop, by its ticket or by address and words; a mirror, a bucket. @param {Begin} begin */
function elsewhere(begin) {
  const line = { type: "text", inputmode: "url", spellcheck: "false", autocapitalize: "none", dir: "ltr" };
  const address = text("address", "", { ...line, required: true, placeholder: "https://" });
  const proxy = text("proxy", "", { ...line, placeholder: "socks5h://127.0.0.1:9050" });
  const others = h("textarea", { name: "others", rows: 2, spellcheck: "false", dir: "ltr" });
  const words = secretField(
    "share_words",
    t("take.share.words"),
    { hint: t("take.share.words.hint"), list: "passphrase", seen: true },
    { lang: "en", required: false },
  );
  const gives = tick("give", t("take.give"), { hint: t("take.give.hint") });
  const what = h("div", { hidden: true }, pickedThings());
  gives.addEventListener("change", () => (what.hidden = !gives.querySelector(":checked")));
  const take = (/** @type {FormData} */ values) =>
    begin({
      address: address.value.trim(),
      words: words.input.value.trim() || undefined,
      others: others.value.split(/\s+/).filter(Boolean),
      proxy: proxy.value.trim(),
      give: values.has("give") ? store.picked.wish() : null,
    });
  return h(
    "details",
    { class: "other" },
    h("summary", {}, t("take.address")),
    form(
      take,
      field(t("take.address.label"), address, t("take.address.hint")),
      words.node,
      gives,
      what,
      h(
        "details",
        {},
        h("summary", {}, t("take.more")),
        field(t("take.others"), others, t("take.others.hint")),
        field(t("take.proxy"), proxy, t("take.proxy.hint")),
      ),
      h("div", { class: "actions" }, h("button", { class: "solid" }, t("take.take"))),
    ),
  );
}
