// Notes and words of what a label signed: always text, notes with the headings, lists and emphasis of their marks.
import { BUDGETS } from "../core/budgets.js";
import { readLyrics, sung } from "../core/lyrics.js";
import { marked } from "../core/marks.js";
import { plainLines } from "../core/plain_text.js";
import { Trouble } from "../core/trouble.js";
import { bytesOf } from "./bytes_of.js";
import { h } from "./dom.js";
import { language, t } from "./words.js";

/** @typedef {import("../types.js").Engine} Engine */
/** @typedef {import("../types.js").SignedFile} SignedFile */
/** @typedef {import("../types.js").Lyrics} Lyrics */
/** @typedef {import("../core/lyrics.js").Line} Line */
/** @typedef {import("../core/marks.js").Block} Block */

const LONGEST = BUDGETS.text.most;
const MOST = 1 << 20; // bytes that are read for them

/** The one of several that the reader reads, else the first. @template Kind @param {[string, Kind][]} all by language @returns {Kind | null} */
export function preferred(all) {
  const own = all.find(([code]) => code.split("-")[0] === language());
  return (own ?? all[0])?.[1] ?? null;
}

/** What a text says, as it was written; null where it cannot be read. @param {Engine} engine @param {SignedFile} file @param {AbortSignal} life */
async function textOf(engine, file, life) {
  try {
    const bytes = await bytesOf(engine, file, MOST, life);
    const text = new TextDecoder().decode(bytes);
    return { text: text.slice(0, LONGEST), cut: text.length > LONGEST };
  } catch (error) {
    if (error instanceof Trouble) return null;
    throw error;
  }
}

/** Notes, as soon as they are read. @param {Engine} engine @param {SignedFile} file @param {AbortSignal} life */
export function notes(engine, file, life) {
  const shown = h("div", { class: "prose", dir: "auto" });
  void textOf(engine, file, life).then((read) => {
    if (read) shown.append(...marked(read.text).map(block));
    if (!read || read.cut) shown.append(h("p", { class: "soft" }, t(read ? "text.cut" : "text.unread")));
  });
  return shown;
}

/** @param {Block} block */
function block({ tag, lines }) {
  const inside = lines.map((spans) => spans.map(spanned));
  const items = () => inside.map((item) => h("li", {}, item));
  switch (tag) {
    case "ul":
      return h("ul", {}, items());
    case "ol":
      return h("ol", {}, items());
    case "hr":
      return h("hr");
    case "h3":
      return h("h3", {}, inside);
    case "h4":
      return h("h4", {}, inside);
    case "h5":
      return h("h5", {}, inside);
    case "h6":
      return h("h6", {}, inside);
    default:
      return h("p", {}, inside);
  }
}

/** @param {import("../core/marks.js").Span} span */
const spanned = ([mark, text]) => (mark === "em" ? h("em", {}, text) : mark ? h("strong", {}, text) : text);

/**
 * The words of a song; `at(nowMs)` marks the line that is sung.
 * @param {Engine} engine @param {readonly Lyrics[]} all @param {AbortSignal} life
 */
export function songWords(engine, all, life) {
  const shown = h("div", { class: "sung", dir: "auto" });
  /** @type {{lines: readonly Line[], nodes: HTMLElement[]}} */
  const timed = { lines: [], nodes: [] };
  const file = preferred(all.map(({ language: code, file: one }) => [code, one]));
  if (file)
    void textOf(engine, file, life).then((read) => {
      if (!read) return shown.append(h("p", { class: "soft" }, t("text.unread")));
      const { timed: hasTimes, lines } = readLyrics(plainLines(read.text));
      const nodes = lines.map(({ text }) => h("p", {}, text || "\u00a0"));
      if (hasTimes) Object.assign(timed, { lines, nodes });
      shown.append(...nodes);
      if (read.cut) shown.append(h("p", { class: "soft" }, t("text.cut")));
    });
  let last = -1;
  const at = (/** @type {number} */ nowMs) => {
    const now = sung(timed.lines, nowMs);
    if (now === last) return;
    timed.nodes[last]?.classList.remove("now");
    timed.nodes[now]?.classList.add("now");
    last = now;
    follow(shown, timed.nodes[now]);
  };
  return { shown, at };
}

/** Within its own box: the page does not move under anybody's finger. @param {HTMLElement} box @param {HTMLElement | undefined} line */
function follow(box, line) {
  if (line && box.scrollHeight > box.clientHeight)
    box.scrollTo({ top: line.offsetTop - box.offsetTop - box.clientHeight / 3 });
}
