// The head of a label's or a club's sheet: its picture, its name, its four words, and what can be done.
import { media } from "../api.js";
import { h } from "./dom.js";

/**
 * @param {{ picture: string, name: string, words: string }} who
 * @param {{ over: string, lines?: Child[], actions: Child[], rest?: Child, kind?: string }} shown
 */
export const passport = (who, { over, lines = [], actions, rest = null, kind = "" }) =>
  h(
    "header",
    { class: `passport card ${kind}` },
    h("img", { class: "portrait", src: media(who.picture), alt: "", width: 132, height: 132 }),
    h(
      "div",
      {},
      h("p", { class: "over typed small soft" }, over),
      h("h1", {}, h("bdi", {}, who.name)),
      h("p", { class: "four typed" }, who.words),
      ...lines,
      h("p", { class: "actions" }, ...actions),
    ),
    rest,
  );
