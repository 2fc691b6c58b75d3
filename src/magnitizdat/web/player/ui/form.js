// Parts of forms: everything has a label, and a form that works cannot be sent twice.
import { h } from "./dom.js";
import { complain } from "./notice.js";
import { regain } from "./place.js";

export const field = (label, input, hint) =>
  h("label", { class: "field" }, h("span", {}, label), input, hint && h("small", {}, hint));

export const text = (name, value = "", props = {}) =>
  h("input", { name, value, autocomplete: "off", dir: "auto", ...props });

export const secret = (name, props = {}) =>
  h("input", {
    name,
    type: "password",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    required: true,
    ...props,
  });

export const tick = (name, label, { checked = false, value = "on", hint } = {}) =>
  h(
    "label",
    { class: "tick" },
    h("input", { type: "checkbox", name, value, checked }),
    h("span", {}, label, hint && h("small", {}, hint)),
  );

/** One of several, as a row of buttons: `options` are [value, words, hint]. */
export function oneOf(name, legend, options, chosen) {
  return h(
    "fieldset",
    { class: "one-of" },
    h("legend", {}, legend),
    options.map(([value, words, hint]) =>
      h(
        "label",
        {},
        h("input", { type: "radio", name, value, checked: value === chosen }),
        h("span", {}, h("b", {}, words), hint && h("small", {}, hint)),
      ),
    ),
  );
}

/** A form that calls `act(values, form)`; `values` are the form's fields, repeated ones under getAll. */
export function form(act, ...content) {
  const node = h("form", { class: "sheet", novalidate: false }, content);
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    once(node, () => act(new FormData(node), node));
  });
  return node;
}

async function once(node, act) {
  if (node.dataset.busy) return;
  node.dataset.busy = "yes";
  node.setAttribute("aria-busy", "true");
  try {
    await act();
  } catch (error) {
    complain(error);
  } finally {
    delete node.dataset.busy;
    node.removeAttribute("aria-busy");
    regain();
  }
}

/** A button that does something and says so if it fails. */
export function button(words, act, props = {}) {
  const node = h("button", { type: "button", ...props }, words);
  node.addEventListener("click", async () => {
    if (node.getAttribute("aria-busy")) return;
    node.setAttribute("aria-busy", "true");
    try {
      await act();
    } catch (error) {
      complain(error);
    } finally {
      node.removeAttribute("aria-busy");
      regain();
    }
  });
  return node;
}

/** What looks like a button and lets files be chosen; `taken([File])` says so if it fails. */
export function chooser(words, taken, { look = "", ...props } = {}) {
  const input = h("input", { type: "file", class: "unseen", ...props });
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = ""; // the same one can be chosen again
    if (files.length) await Promise.resolve(files).then(taken).catch(complain);
  });
  return h("label", { class: `button ${look}` }, words, input);
}

export const heading = (title, line) =>
  h("header", { class: "head" }, h("div", {}, h("h1", {}, title), line && h("p", { class: "typed" }, line)));
