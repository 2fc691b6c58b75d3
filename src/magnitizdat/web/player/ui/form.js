// Parts of forms: everything has a label, and a form that works cannot be sent twice.
import { h } from "./dom.js";
import { keptForm } from "./kept.js";
import { complain, settle } from "./notice.js";
import { regain } from "./place.js";

/** @param {string} label @param {Child} input @param {string} [hint] */
export const field = (label, input, hint) =>
  h("label", { class: "field" }, h("span", {}, label), input, hint && h("small", {}, hint));

/** @param {string} name @param {string} [value] @param {Props} [props] */
export const text = (name, value = "", props = {}) =>
  h("input", { name, value, autocomplete: "off", dir: "auto", ...props });

/** @param {string} name @param {Props} [props] */
export const secret = (name, props = {}) =>
  h("input", {
    name,
    type: "password",
    "data-fleeting": true,
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    required: true,
    ...props,
  });

/** @param {string} name @param {string} label @param {{ value?: string, hint?: string, checked?: boolean }} [more] */
export const tick = (name, label, { value = "on", hint, checked } = {}) =>
  h(
    "label",
    { class: "tick" },
    h("input", { type: "checkbox", name, value, checked }),
    h("span", {}, label, hint && h("small", {}, hint)),
  );

/**
 * One of several, as a row of buttons.
 * @param {string} name @param {string} legend @param {[value: string, words: string, hint?: string][]} options @param {string} chosen
 */
export function oneOf(name, legend, options, chosen) {
  return h(
    "fieldset",
    { class: "one-of" },
    h("legend", {}, legend),
    options.map(([value, words, hint]) =>
      h(
        "label",
        {},
        h("input", { type: "radio", name, value, required: true, checked: value === chosen }),
        h("span", {}, h("b", {}, words), hint && h("small", {}, hint)),
      ),
    ),
  );
}

/**
 * A form that calls `act(values, form)`; `values` are the form's fields, repeated ones under getAll. What is typed into it
 * is kept until `act` has done it.
 * @param {(values: FormData, form: HTMLFormElement) => unknown} act @param {...Child} content
 */
export function form(act, ...content) {
  const node = h("form", { class: "sheet", novalidate: false }, content);
  const send = keptForm(node);
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    once(node, () => send(() => act(new FormData(node), node)));
  });
  return node;
}

/** @param {HTMLFormElement} node @param {Act} act */
async function once(node, act) {
  if (node.dataset.busy) return;
  settle();
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

/** A button that does something and says so if it fails. @param {string} words @param {Act} act @param {Props} [props] */
export function button(words, act, props = {}) {
  const node = h("button", { type: "button", ...props }, words);
  node.addEventListener("click", async () => {
    if (node.getAttribute("aria-busy")) return;
    settle();
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

/**
 * What looks like a button and lets files be chosen; if `taken` fails, that is said.
 * @param {string} words @param {(files: File[]) => unknown} taken @param {Props} props
 */
export function chooser(words, taken, { look = "", ...props } = {}) {
  const input = h("input", { type: "file", class: "unseen", ...props });
  input.addEventListener("change", async () => {
    const files = [...(input.files ?? [])];
    input.value = ""; // the same one can be chosen again
    settle();
    if (files.length) await Promise.resolve(files).then(taken).catch(complain);
  });
  return h("label", { class: `button ${look}` }, words, input);
}

/** @param {string} title @param {string} [line] */
export const heading = (title, line) =>
  h("header", { class: "head" }, h("div", {}, h("h1", {}, title), line && h("p", { class: "typed" }, line)));
