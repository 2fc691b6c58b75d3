// Edit, undo, remove.
import { coversChanged, get, patch, post, remove } from "../api.js";
import { t } from "../i18n.js";
import { changed } from "../edits.js";
import { go } from "../router.js";
import { ask } from "../ui/dialog.js";
import { cover } from "../ui/covers.js";
import { h } from "../ui/dom.js";
import { button, chooser, form, heading } from "../ui/form.js";
import { keptAlbum } from "../ui/kept_album.js";
import { notice } from "../ui/notice.js";

/** @param {string[]} params @param {AbortSignal} signal */
export async function show([id], signal) {
  const line = await get(`api/albums/${id}`, { signal });
  const mine = line.own || line.carried; // what somebody passed on and nobody signed is put right for oneself
  return h(
    "div",
    {},
    heading(t(mine ? "edit.title" : "edit.remove"), t(mine ? "edit.line" : "edit.line.others")),
    mine && sheet(id, line, await get(`api/albums/${id}/edit`, { signal })),
    h(
      "section",
      { class: "shelf" },
      mine && h("h2", {}, t("edit.remove")),
      h("p", { class: "serif" }, t("edit.remove.text")),
      h(
        "div",
        { class: "actions" },
        button(t("edit.remove"), () => out(id, line), { class: "danger" }),
        !mine && h("a", { class: "button", href: `#/album/${id}` }, t("cancel")),
      ),
    ),
  );
}

/** Everything of an own album that can be put right. What a label signed only that label corrects. @param {Id} id @param {Album} line @param {Fields} album */
function sheet(id, line, album) {
  const fields = keptAlbum(`edit/${id}`, album);
  const save = async () => {
    const answer = await patch(`api/albums/${id}/edit`, changed(album, fields.read()));
    fields.sent();
    notice(answer.sentence);
    go("album", id);
  };
  return h(
    "section",
    { class: "draft card" },
    h(
      "div",
      { class: "draft-grid" },
      picture(id, line),
      form(
        save,
        fields.node,
        h(
          "div",
          { class: "actions" },
          h("button", { class: "solid" }, t("save")),
          button(t("edit.undo"), () => undo(id)),
          h("a", { class: "button", href: `#/album/${id}`, on: { click: fields.sent } }, t("cancel")),
        ),
      ),
    ),
  );
}

/** @param {Id} id @param {Album} line */
function picture(id, line) {
  const box = h("div", { class: "cover-pick" });
  let shown = cover(line.cover, { sizes: "240px" });
  const take = async (/** @type {File[]} */ [file]) => {
    await post(`api/albums/${id}/cover`, file, { headers: { "Content-Type": "application/octet-stream" } });
    coversChanged();
    const next = h("img", { class: "cover", alt: "", src: URL.createObjectURL(file), width: 480, height: 480 });
    shown.replaceWith(next);
    shown = next;
    notice(t("edit.cover.done"));
  };
  box.append(shown, chooser(t("publish.cover"), take, { look: "small", accept: "image/*" }));
  return box;
}

/** @param {Id} id */
async function undo(id) {
  const answer = await post(`api/albums/${id}/undo`);
  coversChanged();
  notice(answer.sentence);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

/** @param {Id} id @param {Album} line */
async function out(id, line) {
  if (
    !(await ask(
      t("edit.remove"),
      h("p", { dir: "auto" }, t("edit.remove.sure", { title: line.title })),
      t("edit.remove"),
      { danger: true },
    ))
  )
    return;
  const answer = await remove(`api/albums/${id}`);
  notice(answer.sentence ?? t("edit.removed"));
  go("albums");
}
