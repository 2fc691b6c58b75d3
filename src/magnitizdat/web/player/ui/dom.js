// Builders of elements. Text is always text: nothing here takes markup.
const SVG = "http://www.w3.org/2000/svg";

/**
 * Element `tag` with `props` (attributes; `on`: listeners; `style`: properties set through CSSOM) and children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {Props} [props] @param {...Child} children
 */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/**
 * The same for SVG.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag @param {Props} [props] @param {...Child} children
 */
export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

/** A part of index.html, which is always there. @param {string} id */
export const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @template {HTMLElement | SVGElement} Kind @param {Kind} element @param {Props | undefined} props @param {Child[]} children */
function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  element.append(...there(children));
  return element;
}

/** What there is among `children`, and among theirs. @param {Child[]} children @returns {(Node | string)[]} */
export const there = (children) =>
  /** @type {any[]} */ (children).flat(Infinity).filter((child) => child || child === "");

/** @param {HTMLElement | SVGElement} element @param {string} name @param {any} value */
function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  else if (name === "style") for (const [key, one] of Object.entries(value)) element.style.setProperty(key, one);
  else if (name === "data") Object.assign(element.dataset, value);
  else if (["value", "checked", "disabled", "indeterminate"].includes(name)) Object.assign(element, { [name]: value });
  else element.setAttribute(name, value === true ? "" : String(value));
}

const KEPT = new Set("P BR EM STRONG UL OL LI BLOCKQUOTE H2 H3 H4 CODE PRE HR".split(" "));
/** @type {Record<string, string>} */
const RAISED = { H1: "h3", H2: "h3", H3: "h4", B: "strong", I: "em" };

/** Notes come as safe HTML; still only the tags of prose are copied, without a single attribute. @param {string} html */
export function prose(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return h("div", { class: "prose" }, copied(page.body));
}

/** @param {Node} parent @returns {Child[]} */
function copied(parent) {
  return [...parent.childNodes].map((node) => {
    if (node instanceof Text) return node.data;
    if (!(node instanceof Element) || ["SCRIPT", "STYLE", "TEMPLATE"].includes(node.tagName)) return null;
    const tag = RAISED[node.tagName] ?? (KEPT.has(node.tagName) ? node.tagName.toLowerCase() : null);
    return tag ? h(/** @type {"p"} */ (tag), {}, copied(node)) : copied(node);
  });
}
