// A folder of this computer that is watched: asked for, seen, ended.
import { get, post, remove } from "../api.js";
import { t } from "../i18n.js";
import { h } from "./dom.js";
import { button, field, form, text } from "./form.js";

/** @param {AbortSignal} signal */
export async function watching(signal) {
  const box = h("section", { class: "shelf" });
  const draw = async () => {
    const { folder, sentence } = await get("api/watching", { signal });
    box.replaceChildren(h("h2", {}, t("watch.title")), folder ? on(sentence, draw) : off(draw));
  };
  await draw();
  return box;
}

/** @param {string} sentence @param {() => Promise<void>} draw */
function on(sentence, draw) {
  const stop = async () => {
    await remove("api/watching");
    await draw();
  };
  return h(
    "div",
    {},
    h("p", { class: "serif", dir: "auto" }, sentence),
    h("p", { class: "typed small soft" }, t("watch.keeps")),
    h("div", { class: "actions" }, button(t("watch.stop"), stop)),
  );
}

/** @param {() => Promise<void>} draw */
function off(draw) {
  const path = text("path", "", { required: true, maxlength: 4096, dir: "ltr", spellcheck: "false" });
  const begin = async () => {
    await post("api/watching", { path: path.value.trim() });
    await draw();
  };
  return h(
    "details",
    {},
    h("summary", {}, t("watch.ask")),
    form(
      begin,
      field(t("watch.folder"), path, t("watch.hint")),
      h("div", { class: "actions" }, h("button", {}, t("watch.start"))),
    ),
  );
}
