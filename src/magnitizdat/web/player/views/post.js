// Post: letters that came, what goes along for others, and a sheet to write on.
import { get } from "../api.js";
import { day, number, size, t } from "../i18n.js";
import { h } from "../ui/dom.js";
import { heading } from "../ui/form.js";
import { enclosed } from "../ui/enclosed.js";
import { empty } from "../ui/states.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const post = await get("api/post", { signal });
  return h(
    "div",
    {},
    heading(t("post.title"), t("post.line")),
    h(
      "div",
      { class: "two" },
      h(
        "div",
        {},
        h("p", { class: "actions" }, h("a", { class: "button solid", href: "#/write" }, t("write.title"))),
        post.letters.length
          ? h("ul", { class: "rows plain letters" }, post.letters.map(line))
          : empty(t("post.none"), t("post.none.text")),
        post.silenced > 0 && h("p", { class: "typed small soft" }, t("post.silenced", { n: post.silenced })),
      ),
      bag(post),
    ),
  );
}

/** @param {LetterLine} letter */
function line(letter) {
  return h(
    "li",
    {},
    h(
      "a",
      { class: letter.read ? "envelope" : "envelope new", href: `#/letter/${letter.id}` },
      h(
        "span",
        { class: "over typed small" },
        !letter.read && h("em", { class: "tag" }, t("mark.new")),
        h("b", { dir: "auto" }, letter.said),
        h("time", { datetime: letter.date }, day(letter.date)),
      ),
      h("span", { class: "begins serif", dir: "auto" }, letter.begins),
      letter.enclosed && h("em", { class: "typed small clip" }, enclosed(letter.enclosed)),
    ),
  );
}

/** What I carry: a number for others, since nobody can say more, and how many of mine are on the way. @param {PostRoom} room */
function bag({ carried }) {
  return h(
    "aside",
    { class: "my-card card bag" },
    h("h2", {}, t("post.bag")),
    h("p", { class: "average", "aria-hidden": "true" }, h("b", {}, number(carried.others))),
    h("p", { class: "serif" }, t("post.others", { n: carried.others })),
    carried.others > 0 &&
      h("p", { class: "typed small soft" }, t("post.others.text", { length: size(carried.length) })),
    h("p", { class: "serif" }, t("post.own", { n: carried.own })),
    h("p", { class: "typed small soft" }, t("post.own.text")),
  );
}
