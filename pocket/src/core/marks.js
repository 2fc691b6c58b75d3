// Liner notes: the marks of Markdown that the big program knows (`from_markdown`), as values. Links and pictures stay text.
import { LINE_END, plainLine, spaced } from "./plain_text.js";

/** @typedef {[tag: "" | "em" | "strong", text: string]} Span */
/** @typedef {"p" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "hr"} Tag */
/** @typedef {{ tag: Tag, lines: Span[][] }} Block `lines`: one, or the items of a list */

const HEADING = /^(#{1,6}) (.*)/;
const ITEM = /^ ?(?:[-*+]|(\p{Nd}{1,9}[.)])) (.*)/u;
const RULE = /^(?:-{3,}|\*{3,}|_{3,})$/;
// No two repetitions share a character: notes are written by strangers, and time must stay linear.
const SPAN =
  /(!?)\[([^[\]]+)\]\(([^() ]+)\)|\*\*([^* ](?:[^*]*[^* ])?)\*\*|\*([^* ](?:[^*]*[^* ])?)\*|_([^_ ](?:[^_]*[^_ ])?)_(?![\p{L}\p{N}_])/gu;
const WORD = /[\p{L}\p{N}_]$/u;

/** Anything else in `notes`, tags among it, is text as it was typed. @param {string} notes @returns {Block[]} */
export function marked(notes) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {string[]} */
  let open = [];
  /** @type {Block | null} */
  let list = null;
  const take = () => spans(open.splice(0).join(" "));
  const close = () => {
    if (list) list.lines.push(take());
    else if (open.length) blocks.push({ tag: "p", lines: [take()] });
    list = null;
  };
  const add = (/** @type {Tag} */ tag, /** @type {Span[][]} */ lines) => {
    close();
    const block = { tag, lines };
    blocks.push(block);
    return block;
  };
  for (const line of notes.split(LINE_END).map(spaced)) {
    const heading = HEADING.exec(line);
    const item = ITEM.exec(line);
    const bare = line.replaceAll(" ", "");
    if (!bare) close();
    else if (RULE.test(bare)) add("hr", []);
    else if (heading) {
      const level = /** @type {Tag} */ (`h${Math.min(6, 2 + heading[1].length)}`);
      add(level, [spans(unmarked(heading[2]))]);
    } else if (item) {
      const tag = item[1] ? "ol" : "ul";
      if (list?.tag === tag) list.lines.push(take());
      else list = add(tag, []);
      open = [item[2]];
    } else open.push(line);
  }
  close();
  return blocks;
}

/** A heading without marks at its end. @param {string} text */
function unmarked(text) {
  let end = text.endsWith(" ") ? text.length - 1 : text.length;
  while (text[end - 1] === "#") end -= 1;
  return text.slice(0, end);
}

/** @param {string} line @returns {Span[]} */
function spans(line) {
  const text = plainLine(line);
  /** @type {Span[]} */
  const found = [];
  let end = 0;
  SPAN.lastIndex = 0;
  for (let hit = SPAN.exec(text); hit; hit = SPAN.exec(text)) {
    const [all, picture, shown, address, strong, em, under] = hit;
    if (under && WORD.test(text.slice(0, hit.index).slice(-2))) {
      SPAN.lastIndex = hit.index + 1; // within a word it is none
      continue;
    }
    found.push(["", text.slice(end, hit.index)]);
    if (shown) found.push(["", picture ? shown : `${shown} (${address})`]);
    else found.push(strong ? ["strong", strong] : ["em", em ?? under]);
    end = hit.index + all.length;
  }
  return [...found, ["", text.slice(end)]];
}
