// Import: drop the files, see what was repaired, put it right, keep it.
import { get, media, remove } from "../api.js";
import { size, t } from "../i18n.js";
import { inHand, keep, places } from "../in_hand.js";
import * as jobs from "../jobs.js";
import { go } from "../router.js";
import { discard, lacking, sendAll, sending, stop, waiting } from "../sending.js";
import { listen, store, within } from "../store.js";
import { h, there } from "../ui/dom.js";
import { ask } from "../ui/dialog.js";
import { dropZone } from "../ui/drop.js";
import { button, chooser, form, heading } from "../ui/form.js";
import { jobPanel } from "../ui/job.js";
import { keptAlbum } from "../ui/kept_album.js";
import { complain, notice } from "../ui/notice.js";
import { regain } from "../ui/place.js";
import { loading } from "../ui/states.js";
import { watching } from "../ui/watching.js";
import { send } from "../uploads.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const body = h("div", { class: "import" });
  const step = (/** @type {Child[]} */ ...content) => {
    body.replaceChildren(...there(content));
    body.querySelector("h2")?.scrollIntoView({ block: "nearest" });
    regain(body);
  };
  const running = jobs.running().find((job) => job.verb === "import");
  if (running) bringing(running.id, step, signal);
  else await begin(step, signal);
  return h("div", {}, heading(t("import.title"), t("import.line")), body, await watching(signal));
}

let stage = new AbortController(); // one at a time: what an earlier one still waits for comes too late

/** The job; what is dropped meanwhile waits for its end. @param {Id} id @param {Step} step @param {AbortSignal} signal */
function bringing(id, step, signal) {
  stage.abort();
  stage = within(signal);
  listen("dropped", (files) => (store.dropped = files), stage.signal);
  step(jobPanel(id, signal, (job) => imported(job, step, signal)));
}

/** Files on their way, those that came and wait to be put right, or a place for them. @param {Step} step @param {AbortSignal} signal */
async function begin(step, signal) {
  if (signal.aborted) return;
  stage.abort();
  const mine = (stage = within(signal));
  const again = () => {
    if (mine === stage) begin(step, signal).catch(complain);
  };
  const taken = (/** @type {Dropped[]} */ files) => {
    if (files.length) sendAll(files).catch(complain);
  };
  listen("dropped", (files) => files.then(taken, complain), mine.signal);
  store.dropped?.then(taken, complain);
  store.dropped = null;
  if (sending()) return step(onTheirWay(again, mine.signal));
  listen("sending", again, mine.signal);
  const all = (await waiting({ signal })).map(({ id }) => id);
  if (mine.signal.aborted) return;
  forgetOthers(all);
  const numbers = all.filter((id) => !isCover(id));
  if (!numbers.length) return step(lack(), lastOne(step, signal), dropZone(taken));
  step(loading(t("import.reading")));
  const found = await get(`api/drafts?uploads=${numbers.join(",")}`, { signal });
  if (!mine.signal.aborted) drafts(found, numbers, step, signal, taken);
}

/** @type {Set<Id>} */
const read = new Set(); // jobs whose report somebody has done with

/** The report of the last one, which may have ended while somebody listened: until they go on. @param {Step} step @param {AbortSignal} signal */
function lastOne(step, signal) {
  const last = jobs
    .all()
    .filter((job) => job.verb === "import" && !read.has(job.id))
    .at(-1);
  return last && jobPanel(last.id, signal, (job) => imported(job, step, signal));
}

/** What did not come before somebody left has to be chosen again. */
const lack = () => lacking() > 0 && h("p", { class: "warning" }, t("import.lacking", { n: lacking() }));

/** @param {() => void} again @param {AbortSignal} signal */
function onTheirWay(again, signal) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": t("job.progress") });
  const line = h("p", { class: "typed", role: "status" });
  const update = () => {
    const now = sending();
    if (!now) return again();
    bar.value = now.done / Math.max(1, now.total);
    line.textContent = t("job.of", { done: size(now.done), total: size(now.total) });
  };
  listen("sending", update, signal);
  update();
  return h(
    "section",
    { class: "job" },
    h("h2", {}, t("import.sending")),
    bar,
    line,
    h("p", { class: "typed small soft" }, t("import.meanwhile")),
    h("div", { class: "actions" }, button(t("job.stop"), stop)),
  );
}

/** @param {{ albums: Draft[], refused: { name: string, reason: string }[] }} found @param {number[]} numbers @param {Step} step @param {AbortSignal} signal @param {(files: Dropped[]) => unknown} taken */
function drafts(found, numbers, step, signal, taken) {
  const refused = found.refused.map(({ name, reason }) => h("li", { dir: "auto" }, `${name}: ${reason}`));
  const told =
    refused.length > 0 &&
    h(
      "details",
      { class: "missing", open: true },
      h("summary", {}, t("import.refused", { n: refused.length })),
      h("ul", { tabindex: 0 }, refused),
    );
  const away = async () => {
    forms.forEach((one) => one.sent());
    step(loading()); // nothing can be chosen that would be thrown away too
    await discard();
    await begin(step, signal);
  };
  const forms = found.albums.map(draft);
  if (!forms.length) return step(told, h("p", { class: "sentence" }, t("import.nomusic")), button(t("back"), away));
  const node = form(
    async () => {
      const id = await jobs.start("import", { uploads: numbers, albums: forms.map((one) => one.read()) });
      bringing(id, step, signal);
    },
    forms.map((one) => one.node),
    h(
      "div",
      { class: "actions" },
      h("button", { class: "solid" }, t("import.keep")),
      button(t("import.away"), away, { class: "danger" }),
    ),
  );
  return step(told, lack(), node, h("details", { class: "more" }, h("summary", {}, t("import.more")), dropZone(taken)));
}

/** @param {Draft} album */
function draft(album) {
  const place = `import/${album.tracks[0]?.upload}`;
  const fields = keptAlbum(place, album);
  const picture = coverPicker(album.cover, `${place} ${COVER}`);
  const node = h(
    "section",
    { class: "draft card" },
    h("h2", { dir: "auto" }, album.title || t("edit.title")),
    repairs(album.repairs ?? []),
    h("div", { class: "draft-grid" }, picture.node, fields.node),
  );
  const sent = () => {
    fields.sent();
    picture.sent();
  };
  return { node, read: () => ({ ...fields.read(), cover: picture.upload() }), sent };
}

const COVER = "cover";

/** What was typed of files that wait no more is done with. @param {number[]} numbers */
function forgetOthers(numbers) {
  const known = new Set(numbers.map((number) => `import/${number}`));
  for (const [place] of places())
    if (place.startsWith("import/") && !known.has(place.split(/[ .]/)[0])) keep(place, null);
}

/** Whether a file that waits was chosen for a cover. @param {number} id */
const isCover = (id) => places().some(([place, value]) => place.endsWith(` ${COVER}`) && value === id);

/** What was put right by itself, before and after: a wrong guess is seen and undone in the fields. @param {{ before: string, after: string }[]} all */
function repairs(all) {
  if (!all.length) return null;
  const line = (/** @type {{ before: string, after: string }} */ { before, after }) =>
    h(
      "li",
      {},
      h("del", { dir: "auto" }, before),
      h("span", { "aria-hidden": "true" }, " → "),
      h("ins", { dir: "auto" }, after),
    );
  return h(
    "details",
    { class: "repairs", open: true },
    h("summary", {}, t("import.repaired", { n: all.length })),
    h("ul", { class: "typed small", tabindex: 0 }, all.slice(0, 50).map(line)),
    all.length > 50 && h("p", { class: "typed small" }, t("import.repaired.more", { n: all.length - 50 })),
  );
}

/** @param {string | null} url @param {string} place where it is kept which was chosen */
function coverPicker(url, place) {
  /** @type {number | null} */
  let chosen = inHand(place) ?? null;
  const known = chosen === null ? url : `api/uploads/${chosen}/picture`;
  const shown = h("img", { class: "cover", alt: "", src: media(known), width: 480, height: 480 });
  const blank = h("span", { class: "cover none" });
  const take = async (/** @type {File[]} */ [file]) => {
    chosen = await send(file, file.name);
    keep(place, chosen);
    shown.src = URL.createObjectURL(file);
    blank.replaceWith(shown);
  };
  return {
    node: h(
      "div",
      { class: "cover-pick" },
      known ? shown : blank,
      chooser(t("publish.cover"), take, { look: "small", accept: "image/*" }),
    ),
    upload: () => (chosen === null ? null : { upload: chosen }),
    sent: () => keep(place, null),
  };
}

/** @param {Job} job @param {Step} step @param {AbortSignal} signal @returns {Child} */
function imported(job, step, signal) {
  const albums = job.report.albums ?? [];
  const goOn = () => {
    read.add(job.id);
    return begin(step, signal);
  };
  if (!albums.length) return button(t("back"), goOn);
  return [
    h("p", { class: "serif" }, t("import.imported")),
    button(t("publish.sign"), () => go("publish", ...albums), { class: "solid" }),
    h("a", { class: "button", href: `#/album/${albums[0]}` }, t("publish.look")),
    button(t("import.more"), goOn),
    undoing(job.report.new_albums ?? [], goOn),
  ];
}

/** What an import brought goes out again, where it is all new: of an album that was here before nobody asks that. @param {Id[]} albums @param {() => Promise<void>} goOn */
function undoing(albums, goOn) {
  if (!albums.length) return null;
  const undo = async () => {
    const said = h("p", {}, t("import.undo.sure", { n: albums.length }));
    if (!(await ask(t("import.undo"), said, t("import.undo"), { danger: true }))) return;
    for (const album of albums) await remove(`api/albums/${album}`);
    notice(t("import.undone", { n: albums.length }));
    await goOn();
  };
  return button(t("import.undo"), undo);
}
