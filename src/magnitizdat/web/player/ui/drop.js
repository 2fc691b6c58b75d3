// Where files are chosen, or dropped: whole folders too.
import { t } from "../i18n.js";
import { h } from "./dom.js";

/** `taken(files)` gets [{file, name}], a name with its folders. */
export function dropZone(taken) {
  const pick = (props) => h("input", { type: "file", multiple: true, class: "unseen", ...props, on: { change: (event) => taken([...event.target.files].map((file) => ({ file, name: file.webkitRelativePath || file.name }))) } });
  const [files, folder] = [pick({ id: "drop-files", "aria-label": t("drop.files") }), pick({ id: "drop-folder", webkitdirectory: true, "aria-label": t("drop.folder") })];
  const zone = h("div", { class: "drop" }, h("p", { class: "big" }, t("drop.title")), h("p", { class: "typed small" }, t("drop.text")), h("div", { class: "actions" }, h("label", { class: "button solid" }, t("drop.files"), files), h("label", { class: "button" }, t("drop.folder"), folder)));
  return zone;
}
