// What lies in a letter, by its kind, and once somebody opens it.
import { get, media } from "../api.js";
import { t } from "../i18n.js";
import { go } from "../router.js";
import { store } from "../store.js";
import { h } from "./dom.js";
import { button } from "./form.js";

const KINDS = ["demo", "picture", "card", "proposal", "share", "club"];

/** @param {string} kind */
export const enclosed = (kind) => t(/** @type {Key} */ (KINDS.includes(kind) ? `enclosed.${kind}` : "enclosed.other"));

/** Where each kind is read, as if somebody had shown it there. */
const READ = { card: ["friends", "friends"], proposal: ["sign", "sign"], share: ["premieres", "premiere"] };

/** Something foreign is opened on request alone. @param {Letter} letter */
export function enclosure({ enclosed: kind, id }) {
  if (!kind) return null;
  const box = h("div", { class: "opened" });
  const source = () => media(`api/post/${id}/enclosed`);
  const hand = async (/** @type {string[]} */ [view, reader]) => {
    store.given = { view: reader, text: (await get(`api/post/${id}/text`)).text };
    go(view);
  };
  /** @type {Record<string, () => unknown>} */
  const ways = {
    demo: () => box.replaceChildren(h("audio", { controls: true, src: source(), "aria-label": enclosed(kind) })),
    picture: () => box.replaceChildren(h("img", { class: "enclosed", src: source(), alt: enclosed(kind) })),
    card: () => hand(READ.card),
    proposal: () => hand(READ.proposal),
    share: () => hand(READ.share),
  };
  if (kind in ways) box.append(button(t(/** @type {Key} */ (`enclosed.${kind}.open`)), ways[kind]));
  const known = kind in ways || kind === "club";
  return h(
    "section",
    { class: "enclosure" },
    h("h2", { class: "clip" }, enclosed(kind)),
    kind !== "club" && h("p", { class: "typed small soft" }, t(known ? "enclosed.text" : "enclosed.not")),
    box,
  );
}
