// For the road: what one asks others for, and the stash: sealed reels of anybody, from stick to stick.
import { get, post, remove } from "../api.js";
import { number, size, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { onceSure } from "../ui/dialog.js";
import { h } from "../ui/dom.js";
import { folderForm } from "../ui/folder.js";
import { button, field, form, heading, text } from "../ui/form.js";
import { jobPanel } from "../ui/job.js";
import { complain, notice } from "../ui/notice.js";
import { lookForSticks } from "../ui/plugged.js";
import { trying } from "../ui/city.js";

const GB = 1e9;

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const [{ wishes }, { due }, stash, { sticks }, { city }] = await Promise.all([
    get("api/wishes", { signal }),
    get("api/slips", { signal }),
    get("api/stash", { signal }),
    get("api/sticks", { signal }),
    get("api/city", { signal }),
  ]);
  const asked = h("section", { class: "shelf" });
  const [work, doors, kept] = ["work", "doors", ""].map((look) => h("div", { class: look }));
  const ended = () => {
    get("api/stash", { signal }).then((now) => keeping(kept, now), complain);
    return null;
  };
  const watch = (/** @type {Id} */ id) => {
    work.replaceChildren(jobPanel(id, signal, ended));
    work.scrollIntoView({ block: "nearest" });
  };
  const known = jobs
    .all()
    .filter((job) => job.verb.startsWith("stash_"))
    .at(-1);
  if (known) watch(known.id);
  const plugged = (/** @type {Stick[]} */ now) => doors.replaceChildren(...now.map((stick) => door(stick, watch)));
  const look = async () => plugged((await get("api/sticks", { signal })).sticks);
  plugged(sticks);
  lookForSticks(sticks, plugged, signal, () => doors.contains(document.activeElement));
  wishing(asked, wishes);
  keeping(kept, stash);
  return h(
    "div",
    {},
    heading(t("carry.title"), t("carry.line")),
    asked,
    due > 0 && waiting(due),
    h(
      "section",
      { class: "shelf" },
      h("h2", {}, t("stash.title")),
      h("p", { class: "serif" }, t("stash.text")),
      work,
      doors,
      folderForm(look),
      kept,
    ),
    trying(city, signal),
  );
}

/** Reels that came here and ask what arrived. @param {number} due */
function waiting(due) {
  const box = h(
    "section",
    { class: "shelf" },
    h("h2", {}, t("slip.title")),
    h("p", { class: "serif" }, t("slip.text")),
  );
  const say = button(t("slip.due", { n: due }), async () => {
    notice((await post("api/slips")).sentence);
    box.remove();
  });
  box.append(h("div", { class: "actions" }, say));
  return box;
}

/** @param {Element} box @param {Wish[]} wishes */
function wishing(box, wishes) {
  const name = text("wish", "", { required: true, maxlength: 512 });
  const again = async () => wishing(box, (await get("api/wishes")).wishes);
  const ask = async () => wishing(box, (await post("api/wishes", { name: name.value.trim() })).wishes);
  const drop = (/** @type {Wish} */ wish) => async () => {
    await remove(`api/wishes/${encodeURIComponent(wish.id)}`);
    await again();
  };
  const line = (/** @type {Wish} */ wish) =>
    h(
      "li",
      { class: "ruled" },
      h("span", { dir: "auto" }, wish.said),
      button(t("wish.drop"), drop(wish), { class: "small" }),
    );
  box.replaceChildren(
    h("h2", {}, t("wish.title")),
    wishes.length
      ? h("ul", { class: "rows plain" }, wishes.map(line))
      : h("p", { class: "typed soft" }, t("wish.none")),
    form(
      ask,
      h("div", { class: "inline" }, field(t("wish.name"), name, t("wish.hint")), h("button", {}, t("wish.ask"))),
    ),
  );
}

/** A stick that is plugged in: both ways. @param {Stick} stick @param {Watch} watch */
function door(stick, watch) {
  const start = (/** @type {Verb} */ verb) => async () => watch(await jobs.start(verb, { sticks: [stick.id] }));
  return h(
    "section",
    { class: "card stick" },
    h("h3", { dir: "auto" }, stick.name),
    h("p", { class: "typed small" }, t("take.free", { free: size(stick.free), length: size(stick.length) })),
    h(
      "div",
      { class: "actions" },
      button(t("stash.take"), start("stash_take")),
      button(t("stash.give"), start("stash_give"), { class: "solid" }),
    ),
  );
}

/** What lies there, and how much may. @param {Element} box @param {Stash} stash */
function keeping(box, stash) {
  box.replaceChildren(
    h(
      "ul",
      { class: "typed said" },
      stash.said.map((line) => h("li", {}, line)),
    ),
    ...(stash.reels.length ? [reels(box, stash)] : []),
    quota(box, stash),
  );
}

/** @param {Element} box @param {Stash} stash */
function reels(box, stash) {
  const line = (/** @type {Stash["reels"][number]} */ { name, bytes, week, copies }) =>
    h(
      "li",
      { class: "pick" },
      h(
        "label",
        {},
        h("input", { type: "checkbox", name: "reel", value: name }),
        h(
          "span",
          {},
          h("b", { class: "mono" }, name),
          h("small", {}, t("stash.reel", { length: size(bytes), week, n: copies })),
        ),
      ),
    );
  const drop = async (/** @type {FormData} */ values) => {
    const names = values.getAll("reel").map(String);
    if (!names.length) return;
    const now = await onceSure((doubt) => post("api/stash/drop", { names, sure: Boolean(doubt) }), {
      unsure: { title: t("stash.drop.title"), text: t("stash.drop.text"), yes: t("stash.drop") },
    });
    if (now) keeping(box, now);
  };
  return h(
    "details",
    { class: "other" },
    h("summary", {}, `${t("stash.reels")} (${number(stash.reels.length)})`),
    form(
      drop,
      h("ul", { class: "picks" }, stash.reels.map(line)),
      h("div", { class: "actions" }, h("button", { class: "danger" }, t("stash.drop"))),
    ),
  );
}

/** @param {Element} box @param {Stash} stash */
function quota(box, stash) {
  const most = h("input", { name: "quota", type: "number", min: 0, step: 0.1, inputmode: "decimal" });
  if (stash.quota !== null) most.value = String(stash.quota / GB);
  const allow = async () =>
    keeping(box, await post("api/stash/quota", { quota: most.value ? Math.round(Number(most.value) * GB) : null }));
  return h(
    "details",
    { class: "other" },
    h("summary", {}, t("stash.quota")),
    form(
      allow,
      h(
        "div",
        { class: "inline" },
        field(t("stash.quota.most"), most, t("stash.quota.hint")),
        h("button", {}, t("save")),
      ),
    ),
  );
}
