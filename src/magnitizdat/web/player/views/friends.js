// Friends: my card to show, theirs to read by camera, photo or text.
import { get, media, post, remove } from "../api.js";
import { t } from "../i18n.js";
import { signers } from "../ui/as_label.js";
import { toPaper } from "../store.js";
import { ask, onceSure } from "../ui/dialog.js";
import { h } from "../ui/dom.js";
import { button, field, form, heading, oneOf, text } from "../ui/form.js";
import { complain, notice } from "../ui/notice.js";
import { reader, sent } from "../ui/reader.js";
import { empty } from "../ui/states.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const [list, mine] = [h("div", {}), h("section", { class: "my-card card" })];
  /** @type {() => Promise<void>} */
  const draw = async () => list.replaceChildren(people(await get("api/friends", { signal }), draw));
  await Promise.all([draw(), card(mine, signal)]);
  return h(
    "div",
    {},
    heading(t("friends.title"), t("friends.line")),
    h("div", { class: "two" }, h("div", {}, adding(draw, signal), list), mine),
  );
}

/** @param {Friend[]} friends @param {() => Promise<void>} draw */
function people(friends, draw) {
  if (!friends.length) return empty(t("friends.none"), t("friends.none.text"));
  const sure = (/** @type {Friend} */ { name }, /** @type {"remove" | "forget"} */ what) =>
    ask(t(`friends.${what}`), h("p", { dir: "auto" }, t(`friends.${what}.sure`, { name })), t(`friends.${what}`), {
      danger: true,
    });
  const out = (/** @type {Friend} */ friend) => async () => {
    if (!(await sure(friend, "remove"))) return;
    await remove(`api/friends/${encodeURIComponent(friend.id)}`);
    await draw();
  };
  const forget = (/** @type {Friend} */ friend) => async () => {
    if (await sure(friend, "forget")) notice((await post(`api/friends/${friend.id}/forget`)).sentence);
  };
  const line = (/** @type {Friend} */ friend) =>
    h(
      "li",
      { class: "label-card" },
      h("img", { src: media(friend.picture), alt: "", width: 64, height: 64 }),
      h("div", {}, h("b", { dir: "auto" }, friend.name), h("p", { class: "typed small" }, friend.words)),
      h("a", { class: "button small", href: `#/write/to/${friend.id}` }, t("write.title")),
      button(t("friends.forget"), forget(friend), { class: "small" }),
      button(t("friends.remove"), out(friend), { class: "small" }),
    );
  return h("ul", { class: "rows plain" }, friends.map(line));
}

/** @param {() => Promise<void>} draw @param {AbortSignal} signal */
function adding(draw, signal) {
  const keep = async (/** @type {string | Blob} */ card, /** @type {Asking} */ options = {}) => {
    const answer = await onceSure((doubt) => put(card, doubt, options), {
      unsure: { title: t("friends.other.title"), text: t("friends.other.text"), yes: t("friends.other") },
      alike: { title: t("friends.alike.title"), text: t("friends.alike.text"), yes: t("friends.alike") },
    });
    if (!answer) return;
    notice(t(answer.own ? "friends.own" : "friends.added", { name: answer.name, words: answer.words }));
    await draw();
  };
  return h(
    "section",
    { class: "sheet" },
    h("h2", {}, t("friends.add")),
    reader(keep, signal, { label: t("friends.text.label"), put: t("friends.put") }),
  );
}

/** A card as text, or a file or picture that holds one; `doubt`: about what somebody has said that they are sure. @param {string | Blob} card @param {string} doubt @param {Asking} options */
function put(card, doubt, options) {
  const [replace, sure] = [doubt === "unsure", doubt === "alike"];
  if (typeof card === "string") return post("api/friends", { text: card, replace, sure }, options);
  return post(`api/friends?replace=${replace}&sure=${sure}`, card, sent(card, options));
}

/** Of several labels none is shown that nobody chose: each may be another person to others. @param {Element} box @param {AbortSignal} signal */
async function card(box, signal) {
  const own = signers(await get("api/labels", { signal }));
  const shown = h("div", {});
  const show = async (/** @type {Id} */ label) =>
    shown.replaceChildren(...showing(await get(`api/card?label=${label}`, { signal })));
  box.replaceChildren(h("h2", {}, t("card.title")), shown);
  if (own.length === 1) await show(own[0].id);
  else if (own.length) shown.before(which(own, show));
  else shown.replaceChildren(h("p", { class: "serif" }, t("card.none")), founding());
}

/** @param {Label[]} own @param {(label: Id) => Promise<void>} show */
function which(own, show) {
  /** @type {(label: Label) => [string, string, string]} */
  const choice = (label) => [label.id, label.name, label.words];
  const node = h(
    "form",
    {},
    oneOf("label", t("publish.label"), own.map(choice), ""),
    h("p", { class: "serif small" }, t("card.several")),
  );
  node.addEventListener("change", () => show(String(new FormData(node).get("label"))).catch(complain));
  return node;
}

/** @param {Card} found */
function showing(found) {
  const copy = async () => {
    await navigator.clipboard.writeText(found.text);
    notice(t("copied"));
  };
  return [
    h("img", { class: "qr", src: media(found.qr), alt: t("card.qr"), width: 240, height: 240 }),
    h("p", { class: "big", dir: "auto" }, found.name),
    h("p", { class: "typed" }, found.words),
    h("p", { class: "serif small" }, t("card.text")),
    h(
      "div",
      { class: "actions" },
      button(t("card.copy"), copy),
      button(t("print"), () => print()),
    ),
  ];
}

function founding() {
  const name = text("name", "", { required: true, maxlength: 100 });
  return form(
    async () => {
      const made = await post("api/labels", { name: name.value.trim() });
      const next = () => dispatchEvent(new Event("hashchange"));
      toPaper({ view: "friends", words: made.paper_words, text: t("publish.paper.text"), next });
    },
    field(t("publish.labelname"), name, t("publish.labelname.hint")),
    h("button", { class: "solid" }, t("card.make")),
  );
}
