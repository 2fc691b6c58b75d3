// A label's second key: whatever is asked for, its words are shown until they are on paper. Then what they held up goes on.
import { t } from "../i18n.js";
import { store } from "../store.js";
import { h, there } from "../ui/dom.js";
import { button, heading } from "../ui/form.js";
import { regain } from "../ui/place.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const box = h("div", {});
  const step = (/** @type {Child[]} */ ...content) => {
    box.replaceChildren(...there(content));
    regain(box);
  };
  const done = async () => {
    const next = store.paper?.next;
    store.paper = null;
    await next?.(step, signal);
  };
  step(
    heading(t("publish.paper"), t("publish.paper.stays")),
    h(
      "section",
      { class: "sheet" },
      h("p", { class: "serif" }, store.paper?.text),
      h("pre", { class: "paper print", tabindex: 0, lang: "en" }, store.paper?.words),
      h(
        "div",
        { class: "actions" },
        button(t("print"), () => print()),
        button(t("publish.paper.done"), done, { class: "solid" }),
      ),
    ),
  );
  return box;
}

addEventListener("beforeunload", (event) => store.paper && event.preventDefault());
