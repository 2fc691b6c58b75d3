// Ticks on whatever can be given, kept or heard: one by one, a stretch with Shift, or all of a list. See choice.js for what then.
import { t } from "../i18n.js";
import { stretch } from "../chosen.js";
import { keep } from "../in_hand.js";
import { emit, listen, store } from "../store.js";
import { h } from "./dom.js";
import { complain } from "./notice.js";

const MOST_KEPT = 1000; // things, of which the names go into what the server keeps of one place

/** @type {WeakMap<Element, Thing>} */
const things = new WeakMap(); // tick -> what it stands for
/** @type {WeakMap<Element, (from: number, to: number) => Promise<Thing[]>>} */
const stretches = new WeakMap(); // list -> what lies in a stretch of it, where not all of its lines are in the page
/** @type {WeakSet<Element>} */
const endless = new WeakSet(); // lists that are too long to be asked for as a whole
/** @type {WeakMap<Element, Promise<Thing[]>>} */
const wholes = new WeakMap(); // list -> all of it, asked for with the first tick: Shift then waits for no pictures on their way
/** @type {{ list: Element, at: number } | null} */
let last = null; // where was ticked last: from there Shift reaches

/** `node`, a line or cell of a list, with a tick of its own. @template {Element} Kind @param {Kind} node @param {Thing} thing */
export function choosable(node, thing) {
  node.append(tickFor(thing));
  return node;
}

/** The tick alone, for where it has a place of its own. @param {Thing} thing */
export function tickFor(thing) {
  const tick = h("input", {
    type: "checkbox",
    checked: store.picked.has(thing.kind, thing.id),
    "aria-label": t("choose.one", { title: thing.title }),
  });
  things.set(tick, thing);
  return h("span", { class: "choose" }, tick);
}

/**
 * Shift reaches over lines of `list` that are not in the page; they count by their `aria-posinset`.
 * @param {Element} list @param {(from: number, to: number) => Promise<Thing[]>} between @param {boolean} [ahead] ask for all with the first tick
 */
export function reaches(list, between, ahead = true) {
  stretches.set(list, between);
  if (!ahead) endless.add(list);
}

/** @param {Iterable<Thing>} some @param {boolean} [on] */
export function choose(some, on = true) {
  store.picked.put(some, on);
  emit("picked");
}

/** These and no others. @param {Iterable<Thing>} some */
export function chooseOnly(some) {
  store.picked.clear();
  choose(some);
}

/**
 * The key that shows all ticks of a list, for fingers and whoever wants many, and the one that ticks all of it.
 * @param {() => Promise<Thing[]> | Thing[]} all
 */
export function chooseKeys(all) {
  const mode = h("button", { type: "button", class: "small", on: { click: () => turn(!choosing()) } }, t("choose.do"));
  const everything = h(
    "button",
    { type: "button", class: "small all", on: { click: () => Promise.resolve(all()).then(choose).catch(complain) } },
    t("choose.all"),
  );
  mode.setAttribute("aria-pressed", String(choosing()));
  return h("span", { class: "choose-keys" }, mode, everything);
}

const choosing = () => document.body.classList.contains("choosing");

/** Show all ticks, or only where one is at. @param {boolean} on */
export function turn(on) {
  document.body.classList.toggle("choosing", on);
  for (const key of document.querySelectorAll(".choose-keys [aria-pressed]"))
    key.setAttribute("aria-pressed", String(on));
}

/** @param {Element} tick */
const listOf = (tick) => tick.closest(".reach, ul, ol") ?? document.body;

/** @param {Element} list */
const ticksIn = (list) => [...list.querySelectorAll(".choose > input")];

/** Where in its list a tick is. @param {Element} list @param {Element} tick */
const placeOf = (list, tick) =>
  stretches.has(list) ? Number(tick.closest("li")?.ariaPosInSet) - 1 : ticksIn(list).indexOf(tick);

/** Ask for all of a list whose lines are not all in the page. @param {Element} list */
function foresee(list) {
  const asked = wholes.has(list) || endless.has(list) ? null : stretches.get(list)?.(0, Number.MAX_SAFE_INTEGER);
  if (!asked) return;
  wholes.set(list, asked);
  asked.catch(() => wholes.delete(list));
}

/** @param {Element} list @param {number} from @param {number} to @returns {Promise<Thing[]>} */
async function between(list, from, to) {
  const whole = await wholes.get(list);
  if (whole) return whole.slice(from, to);
  const reached = stretches.get(list);
  if (reached) return reached(from, to);
  return ticksIn(list)
    .slice(from, to)
    .flatMap((tick) => things.get(tick) ?? []);
}

/** @param {HTMLInputElement} tick @param {boolean} shift */
async function ticked(tick, shift) {
  const [thing, list, on] = [things.get(tick), listOf(tick), tick.checked];
  const at = placeOf(list, tick);
  const before = shift && last?.list === list ? last.at : at;
  last = { list, at };
  foresee(list);
  if (before === at) return choose(thing ? [thing] : [], on);
  const { from, to } = stretch(before, at);
  return choose(await between(list, from, to), on);
}

/** Where all ticks are shown, the whole of a cell is one. @param {MouseEvent} event */
function pressed(event) {
  const at = event.target instanceof Element ? event.target : null;
  if (at instanceof HTMLInputElement && things.has(at)) return ticked(at, event.shiftKey).catch(complain);
  if (!choosing() || !at?.closest(".sleeve-link, .tracks .title, a.ruled")) return;
  const tick = at.closest("li")?.querySelector(".choose > input");
  if (!(tick instanceof HTMLInputElement)) return;
  event.preventDefault();
  event.stopPropagation();
  tick.checked = !tick.checked;
  ticked(tick, event.shiftKey).catch(complain);
}

/** What is ticked is there again after a reload; very many of them are not worth it. */
function kept() {
  if (store.session?.state !== "open") return;
  const { size } = store.picked;
  keep("picked", size && size <= MOST_KEPT ? store.picked.first() : null);
}

/** Ticks show what is chosen, wherever it was. */
function shown() {
  if (store.picked.size || document.body.classList.contains("chosen")) import("./choice.js").then((bar) => bar.show());
  document.body.classList.toggle("chosen", store.picked.size > 0);
  if (store.session?.state !== "open") turn(false);
  for (const tick of ticksIn(document.body)) {
    const thing = things.get(tick);
    if (thing && tick instanceof HTMLInputElement) tick.checked = store.picked.has(thing.kind, thing.id);
  }
}

addEventListener("click", pressed, { capture: true });
addEventListener("hashchange", ({ newURL }) => newURL && turn(false)); // where one comes to there may be no key that ends it
listen("picked", shown);
listen("picked", kept);
