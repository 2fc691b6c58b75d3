// Fill a stick for somebody: who may open it, what goes on it, how good, how much.
import { get, post } from "../api.js";
import { size, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { store, within } from "../store.js";
import { signers } from "../ui/as_label.js";
import { handed } from "../ui/browser_page.js";
import { h } from "../ui/dom.js";
import { button, field, form, heading, oneOf, tick } from "../ui/form.js";
import { folderForm } from "../ui/folder.js";
import { jobPanel } from "../ui/job.js";
import { complain } from "../ui/notice.js";
import { pickedThings } from "../ui/picked.js";
import { lookForSticks } from "../ui/plugged.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const [{ sticks, files }, friends, labels, { clubs }] = await Promise.all([
    get("api/sticks", { signal }),
    get("api/friends", { signal }),
    get("api/labels", { signal }),
    get("api/clubs", { signal }),
  ]);
  const [work, reels] = [h("div", { class: "work" }), h("div", {})];
  const watch = (/** @type {Id} */ id) => {
    work.replaceChildren(jobPanel(id, signal, ended));
    work.scrollIntoView({ block: "nearest" });
  };
  const ended = (/** @type {Job} */ job) => {
    get("api/sticks", { signal }).then((now) => upkeep(reels, now, watch), complain);
    return [again(watch, sticks, job), withoutMag(sticks, job, signal)];
  };
  const known = jobs
    .all()
    .filter((job) => ["fill", "rehearse", "export", "copy", "check", "mend"].includes(job.verb))
    .at(-1);
  if (known) watch(known.id);
  upkeep(reels, { sticks, files }, watch);
  if (!sticks.length) lookForSticks(sticks, refresh, signal);
  return h(
    "div",
    {},
    heading(t("fill.title"), t("fill.line")),
    work,
    sticks.length
      ? sheet({
          sticks,
          friends,
          labels: labels.filter((label) => !label.club),
          clubs: clubs.filter((club) => club.open),
          watch,
          signal,
        })
      : noStick(),
    reels,
    folderForm(refresh),
  );
}

const refresh = () => dispatchEvent(new HashChangeEvent("hashchange"));

const noStick = () =>
  h(
    "div",
    { class: "state sleeve small" },
    h("div", { class: "blank stick", "aria-hidden": "true" }),
    h("h2", {}, t("take.none")),
    h("p", {}, t("fill.none.text")),
    store.picked.size > 0 && pickedThings(),
  );

/** @param {{ sticks: Stick[], friends: Friend[], labels: Label[], clubs: Club[], watch: Watch, signal: AbortSignal }} known */
function sheet({ sticks, friends, labels, clubs, watch, signal }) {
  const preview = h("p", { class: "typed preview", role: "status" });
  const node = form(
    async () => watch(await jobs.start("fill", chosen(node))),
    oneOf(
      "stick",
      t("fill.where"),
      sticks.map((stick) => [
        stick.id,
        stick.name,
        t("take.free", { free: size(stick.free), length: size(stick.length) }),
      ]),
      sticks[0].id,
    ),
    who(friends, clubs),
    h(
      "fieldset",
      { class: "ticks" },
      h("legend", {}, t("fill.what")),
      pickedThings(),
      labels.length > 1 && labels.map((label) => tick("labels", label.name, { value: label.id })),
      labels.length > 1 && !store.picked.size && h("p", { class: "typed small soft" }, t("fill.what.hint")),
    ),
    said(labels),
    oneOf(
      "quality",
      t("fill.quality"),
      [
        ["full", t("quality.full"), t("quality.full.hint")],
        ["small", t("quality.small"), t("quality.small.hint")],
        ["both", t("quality.both"), t("quality.both.hint")],
      ],
      "full",
    ),
    h(
      "fieldset",
      { class: "ticks" },
      h("legend", {}, t("fill.road")),
      tick("one_file", t("fill.one_file"), { hint: t("fill.one_file.hint") }),
      tick("slip", t("fill.slip"), { hint: t("fill.slip.hint") }),
      tick("city", t("fill.city"), { hint: t("fill.city.hint") }),
    ),
    field(
      t("fill.size"),
      h("input", { name: "size", type: "number", min: 0.1, step: 0.1, inputmode: "decimal" }),
      t("fill.size.hint"),
    ),
    preview,
    h(
      "div",
      { class: "actions" },
      h("button", { class: "solid" }, t("fill.go")),
      button(t("fill.why"), async () => watch(await jobs.start("rehearse", chosen(node)))),
    ),
  );
  previewing(node, preview, signal);
  return node;
}

/** Whose words go along: they show whom one follows. @param {Label[]} labels */
function said(labels) {
  const names = signers(labels).map((label) => label.name);
  return h(
    "fieldset",
    { class: "ticks" },
    h("legend", {}, t("fill.voices")),
    h(
      "p",
      { class: "typed small soft", dir: "auto" },
      names.length
        ? t("fill.voices.text", { names: names.map((name) => `«${name}»`).join(", ") })
        : t("fill.voices.others"),
    ),
    tick("without_voices", t("fill.voices.without")),
  );
}

/** Friends alone, a club, whoever is told the words, or everybody: one of them, since one excludes the others. @param {Friend[]} friends @param {Club[]} clubs */
function who(friends, clubs) {
  /** @type {[string, string, string][]} */
  const ways = [
    ["words", t("fill.words"), t("fill.words.hint")],
    ["open", t("fill.open"), t("fill.open.hint")],
  ];
  if (clubs.length) ways.unshift(["club", t("fill.club"), t("fill.club.hint")]);
  if (friends.length) ways.unshift(["friends", t("fill.friends"), t("fill.friends.hint")]);
  const wanted = clubs.some(({ id }) => id === store.club);
  const choice = oneOf("who", t("fill.who"), ways, wanted ? "club" : friends.length ? "friends" : "words");
  const people = h(
    "div",
    { class: "people" },
    friends.map((friend) => tick("friends", friend.name, { value: friend.name, hint: friend.words })),
  );
  const fresh = tick("new", t("fill.new"), { hint: t("fill.new.hint") });
  preset(people, fresh);
  const doors = h("div", { class: "people" }, clubs.length > 0 && oneOfClubs(clubs));
  const fit = () => {
    people.hidden = fresh.hidden = !choice.querySelector("[value=friends]:checked");
    doors.hidden = !choice.querySelector("[value=club]:checked");
    const enough = people.hidden || people.querySelector(":checked");
    people.querySelector("input")?.setCustomValidity(enough ? "" : t("fill.friends.none"));
  };
  choice.append(people, fresh, doors);
  choice.addEventListener("change", fit);
  fit();
  return friends.length
    ? choice
    : [choice, h("p", { class: "typed small after-choice" }, h("a", { href: "#/friends" }, t("fill.nofriends")))];
}

/** From a desk one comes for somebody, and for what is new. @param {Element} people @param {Element} fresh */
function preset(people, fresh) {
  for (const box of store.newFor ? [...people.querySelectorAll("input"), ...fresh.querySelectorAll("input")] : [])
    box.checked = box.name === "new" || box.value === store.newFor;
  store.newFor = "";
}

/** @param {Club[]} clubs */
function oneOfClubs(clubs) {
  const choice = h(
    "select",
    { name: "club" },
    clubs.map((club) => h("option", { value: club.id }, `${club.name} · ${club.words}`)),
  );
  if (clubs.some(({ id }) => id === store.club)) choice.value = store.club;
  return field(t("fill.club.which"), choice);
}

/** @param {HTMLFormElement} node @returns {Filling} */
function chosen(node) {
  const values = new FormData(node);
  const limit = Number(values.get("size"));
  const fresh = values.get("who") === "friends" && values.has("new"); // what that is says the library
  return {
    stick: String(values.get("stick")),
    friends: values.get("who") === "friends" ? values.getAll("friends").map(String) : [],
    club: values.get("who") === "club" ? String(values.get("club")) : "",
    open: values.get("who") === "open",
    one_file: values.has("one_file"),
    labels: fresh ? [] : values.getAll("labels").map(String),
    ...(fresh ? { albums: [], songs: [], playlists: [] } : store.picked.wish()),
    new: fresh,
    size: limit ? Math.round(limit * 1e9) : null,
    quality: /** @type {Quality} */ (values.get("quality")),
    voices: !values.has("without_voices"),
    slip: values.has("slip"),
    city: values.has("city"),
  };
}

/** Say before the first byte whether it fits. @param {HTMLFormElement} node @param {HTMLElement} preview @param {AbortSignal} signal */
function previewing(node, preview, signal) {
  let wait = 0;
  let asking = within(signal);
  const look = async () => {
    asking.abort(); // of two wishes the later one counts
    asking = within(signal);
    const found = await post("api/fill/preview", chosen(node), { signal: asking.signal }).catch(complain);
    if (!found) return;
    const figures = { length: size(found.length), free: size(found.free), n: found.tracks };
    preview.textContent = `${t("fill.length", figures)} ${t(found.fits ? "fill.fits" : "fill.toobig", figures)}`;
    preview.classList.toggle("bad", !found.fits);
    saySmall(node, found);
  };
  const changed = () => {
    clearTimeout(wait);
    wait = setTimeout(look, 250);
  };
  node.addEventListener("change", changed);
  look();
}

/** What small versions would come to, of this music. @param {HTMLFormElement} node @param {Estimate} found */
function saySmall(node, { small_length, full_length }) {
  const hint = node.querySelector("[name=quality][value=small] ~ span > small");
  if (!hint) return;
  hint.textContent =
    small_length === null
      ? t("quality.small.none")
      : t("quality.small.this", { small: size(small_length), full: size(full_length) });
}

/** The same again on another stick costs no thought: a copy needs no key. @param {Watch} watch @param {Stick[]} sticks @param {Job} job */
function again(watch, sticks, job) {
  const others = sticks.filter((stick) => stick.id !== job.report.stick);
  if (job.verb !== "fill" || !job.safe_to_pull || !others.length) return null;
  return [
    h("p", { class: "serif" }, t("fill.more")),
    others.map((stick) =>
      button(t("fill.copy", { name: stick.name }), async () =>
        watch(await jobs.start("copy", { reel: job.report.reel, sticks: [stick.id] })),
      ),
    ),
  ];
}

/** Six words open it in a browser too, where the page for that is at hand. @param {Stick[]} sticks @param {Job} job @param {AbortSignal} signal */
function withoutMag(sticks, job, signal) {
  if (job.verb !== "fill" || !job.words || !job.safe_to_pull) return null;
  const box = h("div", { class: "without-mag" }, h("h2", {}, t("browser.none")));
  const there = sticks.filter((stick) => stick.id === job.report.stick);
  get("api/pocket", { signal }).then((page) => {
    box.append(
      h("p", { class: "serif" }, t("browser.none.text")),
      handed(page, there, signal, () => t("browser.put")),
      h("p", { class: "typed small" }, `${t("browser.beside")} `, h("a", { href: "#/browser" }, t("browser.where"))),
    );
  }, complain);
  return box;
}

/** Reels that are on the sticks: still whole? Mend them, or copy them on. @param {Element} box @param {{ sticks: Stick[], files: Stick[] }} there @param {Watch} watch */
function upkeep(box, { sticks, files }, watch) {
  const all = [...sticks, ...files].flatMap((stick) =>
    stick.reels.filter((reel) => !reel.open).map((reel) => ({ stick, reel })),
  );
  if (!all.length) return box.replaceChildren();
  const start = (/** @type {Verb} */ verb, /** @type {object} */ options) => async () =>
    watch(await jobs.start(verb, options));
  const line = (/** @type {{ stick: Stick, reel: Reel }} */ { stick, reel }) =>
    h(
      "li",
      { class: "ruled" },
      h(
        "span",
        {},
        h("b", { dir: "auto" }, reel.name || t(reel.file ? "take.reel.file" : "take.reel")),
        h("small", { class: "typed" }, ` ${stick.name} · ${size(reel.length)}`),
      ),
      h(
        "span",
        { class: "actions" },
        button(t("reel.check"), start("check", { reel: reel.id }), { class: "small" }),
        button(t("reel.mend"), start("mend", { reel: reel.id }), { class: "small" }),
        sticks.some((other) => other !== stick) &&
          button(
            t("reel.copy"),
            start("copy", {
              reel: reel.id,
              sticks: sticks.filter((other) => other !== stick).map((other) => other.id),
            }),
            { class: "small" },
          ),
      ),
    );
  return box.replaceChildren(
    h(
      "section",
      { class: "shelf upkeep" },
      h("h2", {}, t("fill.reels")),
      h("ul", { class: "rows plain" }, all.map(line)),
    ),
  );
}
