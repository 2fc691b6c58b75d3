// Builders of elements. Text is always text: nothing here takes markup.

/** @typedef {Node | string | null | undefined | false | Child[]} Child */
/** @typedef {Record<string, unknown>} Props */

const SVG = "http://www.w3.org/2000/svg";
const OWN = ["value", "checked", "disabled", "hidden", "max"]; // said by properties

/**
 * Element `tag` with `props` (attributes; `on`: listeners) and children.
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

/** @template {HTMLElement | SVGElement} Kind @param {Kind} element @param {Props | undefined} props @param {Child[]} children */
function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  element.append(...there(children));
  return element;
}

/** What there is among `children`, and among theirs. @param {Child[]} children @returns {(Node | string)[]} */
const there = (children) => /** @type {any[]} */ (children).flat(Infinity).filter((child) => child);

/** @param {HTMLElement | SVGElement} element @param {string} name @param {any} value */
function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  else if (OWN.includes(name)) Object.assign(element, { [name]: value });
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** A part of page.html, which is always there. @param {string} id */
export const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** A button that does one thing. @param {string} kind its class @param {() => void} press @param {...Child} children */
export const button = (kind, press, ...children) =>
  h("button", { type: "button", class: kind, on: { click: () => press() } }, ...children);

/** Lets the browser draw and listen in between. @param {number} [ms] at least so long */
export const breath = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
