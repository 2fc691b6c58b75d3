// Where files are chosen, or dropped: whole folders too.
import { t } from "../i18n.js";
import { h } from "./dom.js";
import { chooser } from "./form.js";

/** @param {(files: Dropped[]) => void} taken */
export function dropZone(taken) {
  const named = (/** @type {File[]} */ files) =>
    taken(files.map((file) => ({ file, name: file.webkitRelativePath || file.name })));
  const files = chooser(t("drop.files"), named, {
    look: "solid",
    multiple: true,
    id: "drop-files",
    "aria-label": t("drop.files"),
  });
  const folder = chooser(t("drop.folder"), named, {
    multiple: true,
    id: "drop-folder",
    webkitdirectory: true,
    "aria-label": t("drop.folder"),
  });
  return h(
    "div",
    { class: "drop" },
    h("p", { class: "big" }, t("drop.title")),
    h("p", { class: "typed small" }, t("drop.text")),
    h("div", { class: "actions" }, files, folder),
  );
}
