// What somebody shows or sends: read with the camera, from photos and files, or as text.
import { isStopped, kindOf } from "../api.js";
import { t } from "../i18n.js";
import { here } from "../router.js";
import { handed, within } from "../store.js";
import { camera, canSee } from "./camera.js";
import { h } from "./dom.js";
import { button, chooser, field, form, text } from "./form.js";
import { complain, notice } from "./notice.js";

/**
 * `keep` gets what was read; where it throws "notfound" the camera looks on, for the next picture may be clearer.
 * @param {(found: string | Blob, options?: Asking) => Promise<unknown>} keep @param {AbortSignal} signal
 * @param {{ label: string, put: string, many?: boolean }} words
 */
export function reader(keep, signal, { label, put, many = false }) {
  const view = h("div", {});
  const words = text("card", "", { required: true, spellcheck: "false", "data-fleeting": true });
  const taken = async () => {
    await keep(words.value.trim());
    words.form?.reset();
  };
  const files = async (/** @type {File[]} */ all) => {
    for (const file of all) await keep(file);
  };
  const given = handed(here().name);
  if (given) Promise.resolve(given).then(keep).catch(complain); // it lay in a letter, and was asked for
  return [
    h(
      "div",
      { class: "actions" },
      canSee() && button(t("friends.camera"), eye(view, keep, signal), { class: "solid" }),
      chooser(t("friends.photo"), files, { accept: "image/*,.json,.card,.txt", multiple: many }),
    ),
    view,
    h(
      "details",
      {},
      h("summary", {}, t("friends.text")),
      form(taken, h("div", { class: "inline" }, field(label, words), h("button", {}, put))),
    ),
  ];
}

/** Opens the eye, or shuts it. @param {HTMLElement} view @param {(found: Blob, options?: Asking) => Promise<unknown>} keep @param {AbortSignal} signal */
function eye(view, keep, signal) {
  /** @type {AbortController | null} */
  let open = null;
  const shut = () => {
    open?.abort();
    open = null;
    view.replaceChildren();
  };
  return async () => {
    if (open) return shut();
    open = within(signal);
    const life = open.signal;
    const seen = async (/** @type {Blob} */ picture) => {
      try {
        await keep(picture, { signal: life });
      } catch (error) {
        if (kindOf(error) === "notfound" || isStopped(error)) return false;
        shut();
        complain(error);
      }
      shut();
      return true;
    };
    try {
      view.replaceChildren(await camera(seen, life));
    } catch {
      shut();
      notice(t("camera.refused"), { bad: true });
    }
  };
}

/** How what was read is sent: a picture or file as its bytes, a file with its name. @param {string | Blob} found @param {Asking} options @returns {Asking} */
export const sent = (found, options) =>
  found instanceof Blob
    ? { ...options, headers: { "Content-Type": "application/octet-stream", ...named(found) } }
    : options;

/** @param {Blob} found @returns {Record<string, string>} */
const named = (found) => (found instanceof File ? { "X-Mag-Name": encodeURIComponent(found.name) } : {});
