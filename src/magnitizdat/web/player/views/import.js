// Import: drop the files, see what was repaired, put it right, keep it.
import { get, media, remove } from "../api.js";
import { size, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { go } from "../router.js";
import { listen, store, within } from "../store.js";
import { albumForm } from "../ui/album_form.js";
import { h, there } from "../ui/dom.js";
import { dropZone } from "../ui/drop.js";
import { button, chooser, form, heading } from "../ui/form.js";
import { jobPanel } from "../ui/job.js";
import { complain } from "../ui/notice.js";
import { regain } from "../ui/place.js";
import { loading } from "../ui/states.js";
import { send as transmit } from "../uploads.js";

/** @type {Set<number>} */
const waiting = new Set(); // numbers of files that were sent and are not taken in

/** One file of this page's to the server; its number there. @param {File} file @param {string} name @param {Parameters<typeof transmit>[2]} options */
const sent = (file, name, options) => transmit(file, name, options, (number) => waiting.add(number));

/** Nobody comes back for what waits: it need not lie on the disk. */
async function forget() {
  const numbers = [...waiting];
  waiting.clear();
  for (const number of numbers) await remove(`api/uploads/${number}`).catch(() => null);
}

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const body = h("div", { class: "import" });
  const step = (/** @type {Child[]} */ ...content) => {
    body.replaceChildren(...there(content));
    body.querySelector("h2")?.scrollIntoView({ block: "nearest" });
    regain(body);
  };
  const running = jobs.running().find((job) => job.verb === "import");
  signal.addEventListener("abort", forget);
  if (running) step(jobPanel(running.id, signal, (job) => imported(job, step, signal)));
  else begin(step, signal);
  return h("div", {}, heading(t("import.title"), t("import.line")), body);
}

/** @param {Step} step @param {AbortSignal} signal */
function begin(step, signal) {
  if (signal.aborted) return; // somebody went elsewhere while files were on their way
  forget();
  const stage = within(signal);
  const taken = (/** @type {Dropped[]} */ files) => {
    if (!files.length) return;
    stage.abort();
    send(files, step, signal).catch((error) => {
      complain(error);
      begin(step, signal);
    });
  };
  step(dropZone(taken));
  listen("dropped", (files) => files.then(taken, complain), stage.signal);
  store.dropped?.then(taken, complain);
  store.dropped = null;
}

/** @param {Dropped[]} files @param {Step} step @param {AbortSignal} signal */
async function send(files, step, signal) {
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const stop = within(signal);
  const bar = h("progress", { max: 1, value: 0, "aria-label": t("job.progress") });
  const line = h("p", { class: "typed", role: "status" });
  step(
    h(
      "section",
      { class: "job" },
      h("h2", {}, t("import.sending")),
      bar,
      line,
      h(
        "div",
        { class: "actions" },
        button(t("job.stop"), () => stop.abort()),
      ),
    ),
  );
  let before = 0;
  const numbers = [];
  for (const { file, name } of files) {
    const onprogress = (/** @type {number} */ loaded) => {
      bar.value = (before + loaded) / Math.max(1, total);
      line.textContent = t("job.of", { done: size(before + loaded), total: size(total) });
    };
    numbers.push(await sent(file, name, { onprogress, signal: stop.signal }));
    before += file.size;
  }
  step(loading(t("import.reading")));
  drafts(await get(`api/drafts?uploads=${numbers.join(",")}`, { signal: stop.signal }), numbers, step, signal);
}

/** @param {{ albums: Draft[], refused: { name: string, reason: string }[] }} found @param {number[]} numbers @param {Step} step @param {AbortSignal} signal */
function drafts(found, numbers, step, signal) {
  const refused = found.refused.map(({ name, reason }) => h("li", { dir: "auto" }, `${name}: ${reason}`));
  const told =
    refused.length > 0 &&
    h(
      "details",
      { class: "missing", open: true },
      h("summary", {}, t("import.refused", { n: refused.length })),
      h("ul", { tabindex: 0 }, refused),
    );
  if (!found.albums.length)
    return step(
      told,
      h("p", { class: "sentence" }, t("import.nomusic")),
      button(t("back"), () => begin(step, signal)),
    );
  const forms = found.albums.map(draft);
  const node = form(
    async () => {
      const id = await jobs.start("import", { uploads: numbers, albums: forms.map((one) => one.read()) });
      waiting.clear();
      step(jobPanel(id, signal, (job) => imported(job, step, signal)));
    },
    forms.map((one) => one.node),
    h(
      "div",
      { class: "actions" },
      h("button", { class: "solid" }, t("import.keep")),
      button(t("cancel"), () => begin(step, signal)),
    ),
  );
  return step(told, node);
}

/** @param {Draft} album */
function draft(album) {
  const fields = albumForm(album);
  const picture = coverPicker(album.cover);
  const node = h(
    "section",
    { class: "draft card" },
    h("h2", { dir: "auto" }, album.title || t("edit.title")),
    repairs(album.repairs ?? []),
    h("div", { class: "draft-grid" }, picture.node, fields.node),
  );
  return { node, read: () => ({ ...fields.read(), cover: picture.upload() }) };
}

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

/** @param {string | null} url */
function coverPicker(url) {
  const shown = h("img", { class: "cover", alt: "", src: media(url), width: 480, height: 480 });
  const blank = h("span", { class: "cover none" });
  /** @type {number | null} */
  let chosen = null;
  const take = async (/** @type {File[]} */ [file]) => {
    chosen = await sent(file, file.name, {});
    shown.src = URL.createObjectURL(file);
    blank.replaceWith(shown);
  };
  return {
    node: h(
      "div",
      { class: "cover-pick" },
      url ? shown : blank,
      chooser(t("publish.cover"), take, { look: "small", accept: "image/*" }),
    ),
    upload: () => (chosen === null ? null : { upload: chosen }),
  };
}

/** @param {Job} job @param {Step} step @param {AbortSignal} signal @returns {Child} */
function imported(job, step, signal) {
  const albums = job.report.albums ?? [];
  if (!albums.length) return button(t("back"), () => begin(step, signal));
  return [
    h("p", { class: "serif" }, t("import.imported")),
    button(t("publish.sign"), () => go("publish", ...albums), { class: "solid" }),
    h("a", { class: "button", href: `#/album/${albums[0]}` }, t("publish.look")),
    button(t("import.more"), () => begin(step, signal)),
  ];
}
