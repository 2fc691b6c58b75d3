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
 * What `act(false)` gives. Where the server does it only for somebody who is sure: ask; then what `act(true)` gives, or null.
 * @template Answer
 * @param {(sure: boolean) => Promise<Answer>} act @param {string} title @param {string} text @param {string} yes
 */
export async function onceSure(act, title, text, yes) {
  try {
    return await act(false);
  } catch (error) {
    if (kindOf(error) !== "unsure") throw error;
    return (await ask(title, h("p", { dir: "auto" }, text), yes, { danger: true })) ? act(true) : null;
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
  dialog.addEventListener("close", () => {
    dialog.remove();
    closed();
  });
  document.body.append(dialog);
  dialog.showModal();
}
