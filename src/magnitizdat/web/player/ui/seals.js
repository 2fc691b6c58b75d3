// Keys as seals on a paper: as many as there are, those that are needed, or that are there, in red.
import { number, t } from "../i18n.js";
import { h } from "./dom.js";

const DRAWN = 16;

/** @param {number} red @param {number} of @param {"holders.need" | "sign.have" | "closed.need" | "open.have"} [said] what is read aloud */
export const seals = (red, of, said = "holders.need") =>
  h(
    "div",
    { class: "seals", role: "img", "aria-label": t(said, { n: red, of }) },
    Array.from({ length: Math.min(of, DRAWN) }, (_, at) => h("i", { class: at < red ? "red" : "" })),
    h("b", { "aria-hidden": "true" }, `${number(red)}/${number(of)}`),
  );
