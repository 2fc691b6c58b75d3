// Publish: drop the files, see what was repaired, put it right, sign it.
import { get, media, post, remove } from "../api.js";
import { size, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { listen, store, within } from "../store.js";
import { signers } from "../ui/as_label.js";
import { albumForm } from "../ui/album_form.js";
import { albumCell } from "../ui/covers.js";
import { h, there } from "../ui/dom.js";
import { dropZone } from "../ui/drop.js";
import { button, chooser, field, form, heading, oneOf, text } from "../ui/form.js";
import { jobPanel } from "../ui/job.js";
import { complain } from "../ui/notice.js";
import { regain } from "../ui/place.js";
import { loading } from "../ui/states.js";
import { half } from "../ui/tracks.js";
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
  const body = h("div", { class: "publish" });
  const step = (/** @type {Child[]} */ ...content) => {
    body.replaceChildren(...there(content));
    body.querySelector("h2")?.scrollIntoView({ block: "nearest" });
    regain(body);
  };
  const running = jobs.running().find((job) => ["import", "publish"].includes(job.verb));
  signal.addEventListener("abort", forget);
  if (running) step(jobPanel(running.id, signal));
  else begin(step, signal);
  return h("div", {}, heading(t("publish.title"), t("publish.line")), body);
}

/** @param {Step} step @param {AbortSignal} signal */
function begin(step, signal) {
  if (signal.aborted) return; // somebody went elsewhere while files were on their way
  const mine = h("section", { class: "shelf" });
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
  step(dropZone(taken), mine);
  unsigned(mine, step, signal).catch(complain);
  listen("dropped", (files) => files.then(taken, complain), stage.signal);
  store.dropped?.then(taken, complain);
  store.dropped = null;
}

/** Music that is in the library and in no label yet can be signed without a file. @param {Element} mine @param {Step} step @param {AbortSignal} signal */
async function unsigned(mine, step, signal) {
  const found = await get("api/albums?offset=0&size=60&order=newest&standing=own", { signal });
  const albums = found.albums.filter((album) => album.own && !album.label);
  if (!albums.length) return;
  const box = (/** @type {Album} */ album) =>
    h(
      "li",
      { class: "pick" },
      h(
        "label",
        {},
        h("input", { type: "checkbox", name: "album", value: album.id, checked: store.picked.has(album.id) }),
        h("span", {}, h("b", { dir: "auto" }, album.title), h("small", { dir: "auto" }, album.artist)),
      ),
    );
  const node = form(
    (values) => sign(values.getAll("album").map(String), step, signal),
    h("ul", { class: "picks" }, albums.map(box)),
    h("div", { class: "actions" }, h("button", {}, t("publish.sign"))),
  );
  mine.append(h("h2", {}, t("publish.unsigned")), node);
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
      h("h2", {}, t("publish.sending")),
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
  step(loading(t("publish.reading")));
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
      h("summary", {}, t("publish.refused", { n: refused.length })),
      h("ul", { tabindex: 0 }, refused),
    );
  if (!found.albums.length)
    return step(
      told,
      h("p", { class: "sentence" }, t("publish.nomusic")),
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
      h("button", { class: "solid" }, t("publish.keep")),
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
    h("summary", {}, t("publish.repaired", { n: all.length })),
    h("ul", { class: "typed small", tabindex: 0 }, all.slice(0, 50).map(line)),
    all.length > 50 && h("p", { class: "typed small" }, t("publish.repaired.more", { n: all.length - 50 })),
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
    h("p", { class: "serif" }, t("publish.imported")),
    button(t("publish.sign"), () => sign(albums, step, signal), { class: "solid" }),
    h("a", { class: "button", href: `#/album/${albums[0]}` }, t("publish.look")),
    button(t("publish.more"), () => begin(step, signal)),
  ];
}

/** The last look before the signature, which cannot be taken back. @param {Id[]} ids @param {Step} step @param {AbortSignal} signal */
async function sign(ids, step, signal) {
  if (!ids.length) return;
  const [albums, labels] = await Promise.all([
    Promise.all(ids.map((id) => get(`api/albums/${id}`, { signal }))),
    get("api/labels", { signal }),
  ]);
  const own = signers(labels);
  const only = own.length === 1 ? own[0].id : "none"; // of several, nobody but the owner says which one signs
  const name = text("name", "", { maxlength: 100 });
  const named = field(t("publish.labelname"), name, t("publish.labelname.hint"));
  const node = form(
    async (values) => {
      const label = values.get("label") || (await founded(name.value.trim(), step));
      const id = await jobs.start("publish", { albums: ids, label, cut_off: values.has("cut_off") });
      step(jobPanel(id, signal, (job) => published(job, ids)));
    },
    h("h2", {}, t("publish.preview")),
    h(
      "ul",
      { class: "strip" },
      albums.map((album) =>
        h("li", {}, albumCell(album), h("p", { class: "typed small" }, t("album.songs", { n: album.tracks }))),
      ),
    ),
    own.length > 0 && oneOf("label", t("publish.label"), [...own.map(choice), ["", t("publish.newlabel")]], only),
    named,
    askAboutHalves(albums),
    h("p", { class: "serif" }, t("publish.forever")),
    h(
      "div",
      { class: "actions" },
      h("button", { class: "solid" }, t("publish.signit")),
      button(t("back"), () => begin(step, signal)),
    ),
  );
  step(node);
  const fit = () => {
    named.hidden = own.length > 0 && new FormData(node).get("label") !== "";
    name.required = !named.hidden;
  };
  node.addEventListener("change", fit);
  fit();
}

/** Half a song is signed by whoever wants just that. @param {Sleeve[]} albums */
function askAboutHalves(albums) {
  const torn = albums.flatMap((album) => album.sides.flatMap((side) => side.tracks)).filter((song) => song.cut_off);
  if (!torn.length) return null;
  return h(
    "div",
    { class: "missing" },
    h("b", {}, t("publish.halves")),
    h(
      "ul",
      {},
      torn.map((song) => h("li", { dir: "auto" }, `${song.title}: ${half(song)}`)),
    ),
    h("label", {}, h("input", { type: "checkbox", name: "cut_off", required: true }), t("publish.halves.sign")),
  );
}

/** @param {Label} label @returns {[value: string, words: string, hint: string]} */
const choice = (label) => [label.id, label.name, label.words];

/** A new label, by its id. Its second key is for paper, and is shown this once. @param {string} name @param {Step} step */
async function founded(name, step) {
  const made = await post("api/labels", { name });
  await new Promise((/** @type {(done: unknown) => void} */ resolve) => {
    step(
      h(
        "section",
        { class: "sheet" },
        h("h2", {}, t("publish.paper")),
        h("p", { class: "serif" }, t("publish.paper.text")),
        h("pre", { class: "paper print", tabindex: 0 }, made.paper_words),
        h(
          "div",
          { class: "actions" },
          button(t("print"), () => print()),
          button(t("publish.paper.done"), () => resolve(null), { class: "solid" }),
        ),
      ),
    );
  });
  return made.id;
}

/** @param {Job} job @param {Id[]} ids @returns {Child} */
function published({ report }, ids) {
  return [
    report.qr && h("img", { class: "qr", src: media(report.qr), alt: t("publish.qr"), width: 180, height: 180 }),
    report.address && h("p", { class: "typed small" }, report.address),
    h("a", { class: "button solid", href: `#/album/${ids[0]}` }, t("publish.look")),
    h("a", { class: "button", href: "#/fill" }, t("nav.fill")),
  ];
}
