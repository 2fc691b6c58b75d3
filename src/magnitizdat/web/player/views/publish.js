// Publish: choose what is in no label yet, look at it once more, sign it.
import { get, media, post } from "../api.js";
import { number, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { go, here } from "../router.js";
import { toPaper } from "../store.js";
import { signers } from "../ui/as_label.js";
import { albumCell } from "../ui/covers.js";
import { deskParts } from "../ui/desk.js";
import { h, there } from "../ui/dom.js";
import { button, field, form, heading, oneOf, text } from "../ui/form.js";
import { jobPanel } from "../ui/job.js";
import { PAGE } from "../ui/pages.js";
import { regain } from "../ui/place.js";
import { loading } from "../ui/states.js";
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
  if (running) step(jobPanel(running.id, signal, published));
  else if (albums.length) await sign(albums, step, signal);
  else await begin(step, signal);
  return h("div", {}, heading(t("publish.title"), t("publish.line")), body);
}

/** What waits: in no label yet, to be signed again, frozen, lacking on friends' reels. @param {Step} step @param {AbortSignal} signal */
async function begin(step, signal) {
  const [desk, first] = await Promise.all([
    get("api/desk", { signal }),
    get(`api/desk/unsigned?offset=0&size=${PAGE}`, { signal }),
  ]);
  const parts = [...lastOne(signal), ...deskParts(desk, first, (ids) => sign(ids, step, signal), signal)];
  if (first.total || desk.edited.length) return step(...parts);
  return step(
    h("p", { class: "sentence" }, t("publish.nothing")),
    h("a", { class: "button solid", href: "#/import" }, t("nav.import")),
    ...parts,
  );
}

/** @type {Set<Id>} */
const read = new Set(); // jobs whose end somebody has seen

/** How the last one ended, if that was while somebody was elsewhere. @param {AbortSignal} signal @returns {Node[]} */
function lastOne(signal) {
  const last = jobs
    .all()
    .filter((job) => job.verb === "publish" && !read.has(job.id))
    .at(-1);
  return last ? [jobPanel(last.id, signal, published)] : [];
}

/** The last look before the signature, which cannot be taken back. @param {Id[]} ids @param {Step} step @param {AbortSignal} signal */
async function sign(ids, step, signal) {
  if (!ids.length) return;
  const [{ albums, torn }, labels] = await Promise.all([lookedAt(ids, step, signal), get("api/labels", { signal })]);
  const own = signers(labels);
  const theirs = new Set(albums.map((album) => album.label_id).filter(Boolean)); // a correction is signed by its label
  const only = theirs.size === 1 ? [...theirs][0] : own.length === 1 ? own[0].id : "none"; // else the owner says which
  const second = askAboutSecond(albums);
  const name = text("name", "", { maxlength: 100 });
  const named = field(t("publish.labelname"), name, t("publish.labelname.hint"));
  const node = form(
    async (values) => {
      const wish = { albums: ids, cut_off: values.has("cut_off"), second: values.has("second") };
      const signed = async (/** @type {unknown} */ label, /** @type {Step} */ put, /** @type {AbortSignal} */ life) => {
        const id = await jobs.start("publish", { ...wish, label });
        put(jobPanel(id, life, published));
      };
      if (values.get("label")) return signed(values.get("label"), step, signal);
      const made = await post("api/labels", { name: name.value.trim() });
      return toPaper({
        view: "publish",
        words: made.paper_words,
        text: t("publish.paper.text"),
        next: (put, life) => signed(made.id, put, life), // wherever one is by then
      });
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
    askAboutHalves(torn),
    second,
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
    const label = new FormData(node).get("label");
    second.hidden = label === null || albums.every((album) => ["", label].includes(album.label_id));
    for (const box of second.querySelectorAll("input")) box.required = !second.hidden;
  };
  node.addEventListener("change", fit);
  fit();
}

const AT_ONCE = 200; // albums of one question

/** What is about to be signed; of very many it is said how far that is. @param {Id[]} ids @param {Step} step @param {AbortSignal} signal */
async function lookedAt(ids, step, signal) {
  /** @type {Looked} */
  const all = { albums: [], torn: [] };
  while (all.albums.length < ids.length) {
    const at = all.albums.length;
    if (ids.length > AT_ONCE) step(loading(t("job.of", { done: number(at), total: number(ids.length) })));
    const { albums, torn } = await post("api/desk/look", { albums: ids.slice(at, at + AT_ONCE) }, { signal });
    all.albums.push(...albums);
    all.torn.push(...torn);
  }
  return all;
}

/** Half a song is signed by whoever wants just that. @param {Looked["torn"]} torn */
function askAboutHalves(torn) {
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

/** A second label for the same album tells everybody that both are one person's. @param {Album[]} albums */
const askAboutSecond = (albums) =>
  h(
    "div",
    { class: "missing" },
    h(
      "p",
      {},
      t("publish.second", { names: [...new Set(albums.map((album) => album.label).filter(Boolean))].join(", ") }),
    ),
    h("label", {}, h("input", { type: "checkbox", name: "second" }), t("publish.second.sign")),
  );

/** @param {Label} label @returns {[value: string, words: string, hint: string]} */
const choice = (label) => [label.id, label.name, label.words];

/** @param {Job} job @returns {Child} */
function published({ id, report }) {
  read.add(id);
  const [first] = [...(report.releases ?? []), ...(report.unchanged ?? [])];
  return [
    report.qr && h("img", { class: "qr", src: media(report.qr), alt: t("publish.qr"), width: 180, height: 180 }),
    report.address && h("p", { class: "typed small" }, report.address),
    first && h("a", { class: "button solid", href: `#/album/${first.id}` }, t("publish.look")),
    first && h("a", { class: "button", href: "#/fill" }, t("nav.fill")),
  ];
}
