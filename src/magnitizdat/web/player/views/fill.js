// Fill a stick for somebody: who may open it, what goes on it, how good, how much.
import { get, post } from "../api.js";
import { size, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { store } from "../store.js";
import { h } from "../ui/dom.js";
import { button, field, form, heading, oneOf, tick } from "../ui/form.js";
import { folderForm } from "../ui/folder.js";
import { jobPanel } from "../ui/job.js";
import { complain } from "../ui/notice.js";
import { pickedAlbums } from "../ui/picked.js";

export async function show(_params, signal) {
  const [{ sticks }, friends, labels] = await Promise.all([get("api/sticks", { signal }), get("api/friends", { signal }), get("api/labels", { signal })]);
  const work = h("div", { class: "work" });
  const watch = (id) => {
    work.replaceChildren(jobPanel(id, { signal, ended: (job) => (job.state === "done" || job.state === "partly" ? again(watch, sticks, job) : null) }));
    work.scrollIntoView({ block: "nearest" });
  };
  const known = jobs.all().filter((job) => ["fill", "copy", "check", "mend"].includes(job.verb)).at(-1);
  if (known) watch(known.id);
  const body = sticks.length ? [sheet({ sticks, friends, labels, watch, signal }), upkeep(sticks, watch)] : [noStick()];
  return h("div", {}, heading(t("fill.title"), t("fill.line")), work, body, folderForm(refresh));
}

const refresh = () => dispatchEvent(new HashChangeEvent("hashchange"));

const noStick = () => h("div", { class: "state sleeve small" }, h("div", { class: "blank stick", "aria-hidden": "true" }), h("h2", {}, t("take.none")), h("p", {}, t("fill.none.text")), button(t("again"), refresh));

function sheet({ sticks, friends, labels, watch, signal }) {
  const preview = h("p", { class: "typed preview", role: "status" });
  const node = form(
    async () => watch(await jobs.start("fill", chosen(node))),
    oneOf("stick", t("fill.where"), sticks.map((stick) => [stick.id, stick.name, t("take.free", { free: size(stick.free), length: size(stick.length) })]), sticks[0].id),
    who(friends),
    h("fieldset", { class: "ticks" }, h("legend", {}, t("fill.what")), pickedAlbums(), labels.length > 1 && labels.map((label) => tick("labels", label.name, { value: label.id })), h("p", { class: "typed small soft" }, t("fill.what.hint"))),
    oneOf("quality", t("fill.quality"), [["full", t("quality.full"), t("quality.full.hint")], ["small", t("quality.small"), t("quality.small.hint")], ["both", t("quality.both"), t("quality.both.hint")]], "full"),
    field(t("fill.size"), h("input", { name: "size", type: "number", min: 0.1, step: 0.1, inputmode: "decimal" }), t("fill.size.hint")),
    preview,
    h("div", { class: "actions" }, h("button", { class: "solid" }, t("fill.go"))),
  );
  previewing(node, preview, signal);
  return node;
}

function who(friends) {
  const people = friends.map((friend) => tick("friends", friend.name, { value: friend.name, hint: friend.words }));
  return h("fieldset", { class: "ticks" }, h("legend", {}, t("fill.who")), people, tick("words", t("fill.words"), { checked: !friends.length, hint: t("fill.words.hint") }), tick("open", t("fill.open"), { hint: t("fill.open.hint") }), !friends.length && h("p", { class: "typed small" }, h("a", { href: "#/friends" }, t("fill.nofriends"))));
}

function chosen(node) {
  const values = new FormData(node);
  const limit = Number(values.get("size"));
  return {
    stick: values.get("stick"), friends: values.getAll("friends"), words: values.has("words"), open: values.has("open"), labels: values.getAll("labels"),
    albums: [...store.picked.keys()], size: limit ? Math.round(limit * 1e9) : null, quality: values.get("quality"),
  };
}

/** Say before the first byte whether it fits. */
function previewing(node, preview, signal) {
  let wait = 0;
  const look = async () => {
    const wish = chosen(node);
    const found = await post("api/fill/preview", wish, { signal }).catch(complain);
    if (!found) return;
    const figures = { length: size(found.length), free: found.free === null ? "…" : size(found.free), n: found.tracks };
    preview.textContent = `${t("fill.length", figures)} ${t(found.fits ? "fill.fits" : "fill.toobig", figures)}`;
    preview.classList.toggle("bad", !found.fits);
  };
  const changed = () => {
    clearTimeout(wait);
    wait = setTimeout(look, 250);
  };
  node.addEventListener("change", changed);
  look();
}

/** The same again on another stick costs no thought: a copy needs no key. */
function again(watch, sticks, job) {
  const others = sticks.filter((stick) => stick.id !== job.report?.stick);
  if (job.verb !== "fill" || !job.report?.reel || !others.length) return null;
  return [h("p", { class: "serif" }, t("fill.more")), others.map((stick) => button(t("fill.copy", { name: stick.name }), async () => watch(await jobs.start("copy", { reel: job.report.reel, sticks: [stick.id] }))))];
}

/** Reels that are on the sticks: still whole? Mend them, or copy them on. */
function upkeep(sticks, watch) {
  const all = sticks.flatMap((stick) => stick.reels.map((reel) => [stick, reel]));
  if (!all.length) return null;
  const start = (verb, options) => async () => watch(await jobs.start(verb, options));
  const line = ([stick, reel]) => h(
    "li",
    { class: "ruled" },
    h("span", {}, h("b", { dir: "auto" }, reel.name || t("take.reel")), h("small", { class: "typed" }, ` ${stick.name} · ${size(reel.length)}`)),
    h("span", { class: "actions" }, button(t("reel.check"), start("check", { reel: reel.id }), { class: "small" }), button(t("reel.mend"), start("mend", { reel: reel.id }), { class: "small" }), sticks.length > 1 && button(t("reel.copy"), start("copy", { reel: reel.id, sticks: sticks.filter((other) => other !== stick).map((other) => other.id) }), { class: "small" })),
  );
  return h("section", { class: "shelf" }, h("h2", {}, t("fill.reels")), h("ul", { class: "rows plain" }, all.map(line)));
}
