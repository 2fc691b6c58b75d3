// A question in front of the page.
import { kindOf } from "../api.js";
import { t } from "../i18n.js";
import { h } from "./dom.js";

/**
 * Show `content`; the promise gives true for `yes`, false for anything else.
 * @param {string} title @param {Child} content @param {string} yes @returns {Promise<boolean>}
 */
export function ask(title, content, yes, { danger = false } = {}) {
  return new Promise((resolve) => {
    const form = h(
      "form",
      { method: "dialog" },
      h("h2", { id: "dialog-title" }, title),
      content,
      h(
        "div",
        { class: "actions" },
        h("button", { value: "yes", class: danger ? "solid danger" : "solid" }, yes),
        h("button", { value: "no", formnovalidate: true }, t("cancel")),
      ),
    );
    const dialog = h("dialog", { "aria-labelledby": "dialog-title" }, form);
    open(dialog, () => resolve(dialog.returnValue === "yes"));
  });
}

/**
 * What `act("")` gives. Where the server does it only for somebody who is sure: ask, in the words for that kind of doubt; then what `act` of it gives, or null.
 * @template Answer
 * @param {(doubt: string) => Promise<Answer>} act @param {Record<string, { title: string, text: string, yes: string }>} doubts
 */
export async function onceSure(act, doubts) {
  try {
    return await act("");
  } catch (error) {
    const doubt = doubts[kindOf(error)];
    if (!doubt) throw error;
    const said = h("p", { dir: "auto" }, doubt.text);
    return (await ask(doubt.title, said, doubt.yes, { danger: true })) ? act(kindOf(error)) : null;
  }
}

/** Show `content` until it is closed. @param {string} title @param {Child} content */
export function tell(title, content) {
  const dialog = h(
    "dialog",
    { "aria-labelledby": "dialog-title" },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "dialog-title" }, title),
      content,
      h("div", { class: "actions" }, h("button", { class: "solid" }, t("close"))),
    ),
  );
  open(dialog, () => null);
  return dialog;
}

/** @param {HTMLDialogElement} dialog @param {() => void} closed */
function open(dialog, closed) {
  const life = new AbortController();
  dialog.addEventListener("close", () => {
    life.abort();
    dialog.remove();
    closed();
  });
  // It asked about what stands there no more; where a view is only drawn anew there is no new address.
  addEventListener("hashchange", ({ newURL }) => newURL && dialog.close(), { signal: life.signal });
  document.body.append(dialog);
  dialog.showModal();
}
