// The entrance: what was given, and what opens it. Both in any order; nothing opens before both are there.
import { cannotOpen, secretOf } from "../core/words.js";
import { button, h, part } from "./dom.js";
import { reels } from "./drawn.js";
import { dropped, given, MOST_FILES } from "./gathering.js";
import { announce } from "./said.js";
import { number, size, t, told } from "./words.js";

/** @typedef {import("../types.js").GivenFile} GivenFile */
/** @typedef {import("../types.js").Secret} Secret */
/** @typedef {import("../types.js").Sentence} Sentence */
/** @typedef {import("./gathering.js").Gathered} Gathered */

/** Whether what is typed is not shown: it stays so when the view is made anew. */
let hides = false;

/**
 * @typedef {object} Wishes
 * @property {Gathered} gathered what was given so far
 * @property {string} typed what stands in the field, when the language changes under it
 * @property {Sentence | null} trouble why it did not open the last time
 * @property {(secret: Secret) => void} open
 * @property {AbortSignal} life ends when the view does
 */

/** The field as it is cleared: what was typed stays nowhere in the page. */
export function typedSoFar() {
  const field = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("secret"));
  const typed = field?.value ?? "";
  if (field) field.value = "";
  return typed;
}

/** @param {Wishes} wishes */
export function entrance(wishes) {
  const state = h("p", { class: "chosen", role: "status" });
  const again = button("bare", () => clear(), t("enter.again"));
  const show = () => {
    showChosen(state, wishes.gathered);
    again.hidden = !wishes.gathered.count;
    reel.classList.toggle("done", wishes.gathered.count > 0);
  };
  const take = (/** @type {GivenFile[]} */ files, unreadable = false) => {
    wishes.gathered.add(files);
    show();
    if (unreadable || !files.length) state.textContent = t(unreadable ? "enter.unreadable" : "enter.nothing");
    else if (!part("secret").matches(":focus")) part("secret").focus({ preventScroll: true });
  };
  const clear = () => {
    wishes.gathered.clear();
    show();
    state.textContent = "";
  };
  const reel = reelStep(take, state, again);
  show();
  dropping(wishes.life, state, take);
  return [head(), h("div", { class: "steps" }, reel, wordsStep(wishes, state))];
}

function head() {
  const lead = h("p", { class: "lead" }, t("enter.lead"));
  return h("div", { class: "hero" }, h("div", {}, h("h1", { tabindex: -1 }, t("enter.title")), lead), reels().picture);
}

/** @param {(files: GivenFile[]) => void} take @param {HTMLElement} state @param {HTMLElement} again */
function reelStep(take, state, again) {
  const folders = "webkitdirectory" in HTMLInputElement.prototype;
  return h(
    "section",
    { class: "card step", "aria-labelledby": "step-reel" },
    h("h2", { id: "step-reel" }, h("i", { "aria-hidden": "true" }, "1"), t("enter.reel")),
    h("p", {}, t("enter.reel.text")),
    h(
      "div",
      { class: "actions" },
      folders && chooser("folder", "button main", t("enter.folder"), take),
      chooser("files", folders ? "button" : "button main", t("enter.files"), take),
    ),
    h("p", { class: "soft wide" }, t("enter.drop")),
    state,
    again,
  );
}

/**
 * A button that opens the system's own dialog. The input itself is what is pressed: readers of screens and keys reach it.
 * @param {string} id @param {string} kind its class @param {string} name @param {(files: GivenFile[]) => void} take
 */
function chooser(id, kind, name, take) {
  // With a name of its own: some browsers would read out their button's beside it.
  const webkitdirectory = id === "folder";
  const input = h("input", { type: "file", id, multiple: true, autocomplete: "off", "aria-label": name, webkitdirectory }); // prettier-ignore
  input.addEventListener("change", () => {
    take([...(input.files ?? [])].map((file) => given(file)));
    input.value = ""; // the same may be chosen once more
  });
  return h("label", { class: kind }, input, name);
}

/** @param {HTMLElement} state @param {Gathered} gathered */
function showChosen(state, gathered) {
  const { count, length } = gathered;
  if (!count) return;
  const chosen = t("enter.chosen", { n: count, size: size(length) });
  const most = gathered.tooMany && t("enter.many", { most: number(MOST_FILES) });
  state.replaceChildren(h("b", {}, chosen), " ", most || t("enter.more"));
}

/** @param {Wishes} wishes @param {HTMLElement} state */
function wordsStep(wishes, state) {
  const field = h("textarea", {
    id: "secret",
    rows: 2,
    autocomplete: "off",
    autocapitalize: "none",
    autocorrect: "off",
    spellcheck: "false",
    enterkeyhint: "go",
    "data-lpignore": "true", // managers of passwords leave it alone
    "data-1p-ignore": "true",
    "aria-describedby": "secret-hint secret-wrong",
    value: wishes.typed,
  });
  wishes.typed = "";
  const wrong = h("p", { id: "secret-wrong", class: "wrong", role: "alert" }, wishes.trouble && told(wishes.trouble));
  const open = () => {
    const lacksReel = !wishes.gathered.count;
    const lacks = lacksReel ? { key: "enter.lacks.reel" } : lacking(field.value);
    if (!lacks) return wishes.open(secretOf(typedSoFar()));
    wrong.textContent = told(lacks);
    announce(told(lacks));
    (lacksReel ? part("files") : field).focus();
    state.classList.toggle("asked", lacksReel);
  };
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    open();
  });
  return h(
    "section",
    { class: "card step", "aria-labelledby": "step-words" },
    h("h2", { id: "step-words" }, h("i", { "aria-hidden": "true" }, "2"), t("enter.words")),
    h("p", {}, t("enter.words.text")),
    careful(),
    h("label", { class: "unseen", for: "secret" }, t("enter.words")),
    field,
    wrong,
    h("div", { class: "actions" }, button("main", open, t("enter.open")), hiding(field)),
    h("p", { class: "soft", id: "secret-hint" }, t("enter.words.hint")),
  );
}

/** Why what is typed opens nothing, as far as that is known before it is tried: it stays, and is looked at again. @param {string} typed @returns {Sentence | null} */
function lacking(typed) {
  if (!typed.trim()) return { key: "enter.lacks.words" };
  const secret = secretOf(typed);
  return "words" in secret ? cannotOpen(secret.words) : null;
}

/** @param {HTMLTextAreaElement} field */
function hiding(field) {
  const tick = h("input", { type: "checkbox", autocomplete: "off", checked: hides });
  const hide = () => field.classList.toggle("hidden-text", (hides = tick.checked));
  tick.addEventListener("change", hide);
  hide();
  return h("label", { class: "tick" }, tick, t("enter.hide"));
}

/** Stands before the field: behind it nobody on a phone would have seen it in time. */
const careful = () =>
  h(
    "div",
    { class: "careful" },
    h("b", {}, t("enter.careful")),
    h("p", {}, t("enter.careful.page")),
    h("p", {}, t("enter.careful.place")),
  );

/** Something may be dropped anywhere. @param {AbortSignal} life @param {HTMLElement} state @param {(files: GivenFile[], unreadable?: boolean) => void} take */
function dropping(life, state, take) {
  const veil = part("veil");
  const over = (/** @type {boolean} */ is) => (veil.hidden = !is);
  veil.textContent = t("enter.dropping");
  addEventListener("dragover", (event) => (event.preventDefault(), over(true)), { signal: life });
  addEventListener("dragleave", (event) => event.relatedTarget === null && over(false), { signal: life });
  addEventListener(
    "drop",
    async (event) => {
      event.preventDefault(); // else the browser leaves the page and shows the file
      over(false);
      if (!event.dataTransfer) return;
      state.textContent = t("enter.looking");
      const { files, unreadable } = await dropped(event.dataTransfer);
      if (!life.aborted) take(files, unreadable);
    },
    { signal: life },
  );
  life.addEventListener("abort", () => over(false));
}
