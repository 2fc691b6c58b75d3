// Publish: choose what is in no label yet, look at it once more, sign it.
import { get, media, post } from "../api.js";
import { t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { go, here } from "../router.js";
import { store } from "../store.js";
import { signers } from "../ui/as_label.js";
import { albumCell } from "../ui/covers.js";
import { h, there } from "../ui/dom.js";
import { button, field, form, heading, oneOf, text } from "../ui/form.js";
import { jobPanel } from "../ui/job.js";
import { regain } from "../ui/place.js";
import { half } from "../ui/tracks.js";

/** The albums that are named, else all that could be signed. @param {Id[]} albums @param {AbortSignal} signal */
export async function show(albums, signal) {
  const body = h("div", { class: "publish" });
  const step = (/** @type {Child[]} */ ...content) => {
    body.replaceChildren(...there(content));
    body.querySelector("h2")?.scrollIntoView({ block: "nearest" });
    regain(body);
  };
  const running = jobs.running().find((job) => job.verb === "publish");
  if (running) step(jobPanel(running.id, signal));
  else if (albums.length) await sign(albums, step, signal);
  else await begin(step, signal);
  return h("div", {}, heading(t("publish.title"), t("publish.line")), body);
}

/** Music that is in the library and in no label yet. @param {Step} step @param {AbortSignal} signal */
async function begin(step, signal) {
  const found = await get("api/albums?offset=0&size=60&order=newest&standing=own", { signal });
  const albums = found.albums.filter((album) => album.own && !album.label);
  if (!albums.length)
    return step(
      h("p", { class: "sentence" }, t("publish.nothing")),
      h("a", { class: "button solid", href: "#/import" }, t("nav.import")),
    );
  const box = (/** @type {Album} */ album) =>
    h(
      "li",
      { class: "pick" },
      h(
        "label",
        {},
        h("input", { type: "checkbox", name: "album", value: album.id, checked: store.picked.has("album", album.id) }),
        h("span", {}, h("b", { dir: "auto" }, album.title), h("small", { dir: "auto" }, album.artist)),
      ),
    );
  const node = form(
    (values) => sign(values.getAll("album").map(String), step, signal),
    h("ul", { class: "picks" }, albums.map(box)),
    h("div", { class: "actions" }, h("button", {}, t("publish.sign"))),
  );
  step(h("section", { class: "shelf" }, h("h2", {}, t("publish.unsigned")), node));
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
      button(t("back"), () => (here().params.length ? go("publish") : begin(step, signal))),
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
