// One letter: who says it, what it says, and what lies in it.
import { get, post, remove } from "../api.js";
import { day, t } from "../i18n.js";
import { go } from "../router.js";
import { ask } from "../ui/dialog.js";
import { h } from "../ui/dom.js";
import { enclosure } from "../ui/enclosed.js";
import { button } from "../ui/form.js";
import { notice } from "../ui/notice.js";

/** @param {string[]} params @param {AbortSignal} signal */
export async function show([id], signal) {
  const letter = await get(`api/post/${id}`, { signal });
  return h(
    "article",
    { class: "letter" },
    h("p", { class: "over typed small" }, h("a", { href: "#/post" }, t("post.title"))),
    h(
      "div",
      { class: "sheet" },
      h(
        "header",
        {},
        h(
          "div",
          {},
          h("h1", { dir: "auto" }, letter.said),
          letter.words && h("p", { class: "typed small" }, letter.words),
          h("p", { class: "typed small soft" }, day(letter.date)),
        ),
        postmark(letter.verdict),
      ),
      letter.answers && h("p", { class: "typed small soft" }, t("letter.answers")),
      h("p", { class: "said-text", dir: "auto" }, letter.text),
      enclosure(letter),
      letter.club && joining(letter.id, letter.club),
      h(
        "div",
        { class: "actions" },
        letter.can_answer && h("a", { class: "button solid", href: `#/write/${letter.id}` }, t("letter.answer")),
        letter.name && button(t("letter.block"), () => block(letter), { class: "small" }),
        button(t("letter.remove"), () => destroy(letter.id), { class: "small" }),
      ),
    ),
  );
}

/** What a signature is worth, as a mark: only one that stands is in red. @param {Letter["verdict"]} verdict */
const postmark = (verdict) =>
  h(
    "span",
    { class: ["signed", "stranger"].includes(verdict) ? "postmark" : "postmark unproven" },
    t(`letter.${verdict === "forwarded" ? "unproven" : verdict}`),
  );

/** Nobody comes into a club by a letter alone. @param {Id} id @param {string} name */
function joining(id, name) {
  const join = async () => {
    const done = await post(`api/post/${id}/join`);
    notice(done.sentence);
    go("clubs");
  };
  return h(
    "section",
    { class: "enclosure" },
    h("p", { class: "serif", dir: "auto" }, t("letter.club", { name })),
    button(t("letter.join"), join, { class: "solid" }),
  );
}

/** @param {Letter} letter */
async function block(letter) {
  const sure = h("p", { dir: "auto" }, t("letter.block.sure", { name: letter.name }));
  if (!(await ask(t("letter.block"), sure, t("letter.block"), { danger: true }))) return;
  notice((await post(`api/post/${letter.id}/block`)).sentence);
  go("post");
}

/** @param {Id} id */
async function destroy(id) {
  if (!(await ask(t("letter.remove"), h("p", {}, t("letter.remove.sure")), t("letter.remove"), { danger: true })))
    return;
  notice((await remove(`api/post/${id}`)).sentence ?? "");
  go("post");
}
