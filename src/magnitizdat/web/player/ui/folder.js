// A folder of this computer in the place of a stick: another disk, or a stick that is not noticed.
import { post } from "../api.js";
import { t } from "../i18n.js";
import { h } from "./dom.js";
import { field, form, text } from "./form.js";

/** `offered()` runs once the folder stands among the sticks. @param {Act} offered */
export function folderForm(offered) {
  const path = text("path", "", { required: true, spellcheck: "false", dir: "ltr" });
  const offer = async () => {
    await post("api/sticks", { path: path.value.trim() });
    path.value = "";
    summary.focus(); // what is folded away can keep no keyboard
    node.open = false;
    await offered();
  };
  const summary = h("summary", {}, t("folder.open"));
  const node = h(
    "details",
    { class: "other" },
    summary,
    form(offer, h("div", { class: "inline" }, field(t("folder.path"), path), h("button", {}, t("folder.use")))),
  );
  return node;
}
