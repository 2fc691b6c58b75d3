// A question over the page.
import { button, h } from "./dom.js";
import { t } from "./words.js";

/**
 * Whether it was agreed to. Escape, and the end of `life`, say no.
 * @param {{title: string, text: string, yes: string, life: AbortSignal}} asked @returns {Promise<boolean>}
 */
export function confirmed({ title, text, yes, life }) {
  return new Promise((resolve) => {
    let agreed = false;
    const box = h(
      "dialog",
      { "aria-labelledby": "asked", "aria-describedby": "asked-text" },
      h("h2", { id: "asked" }, title),
      h("p", { id: "asked-text" }, text),
      h(
        "div",
        { class: "actions" },
        button("main", () => ((agreed = true), box.close()), yes),
        button("", () => box.close(), t("cancel")),
      ),
    );
    const close = () => box.close();
    life.addEventListener("abort", close);
    box.addEventListener("close", () => {
      life.removeEventListener("abort", close);
      box.remove();
      resolve(agreed && !life.aborted);
    });
    document.body.append(box);
    box.showModal();
  });
}
