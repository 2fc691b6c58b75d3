// Builders of elements. Text is always text: nothing here takes markup.
const SVG = "http://www.w3.org/2000/svg";

/** Element `tag` with `props` (attributes; `on`: listeners; `style`: properties set through CSSOM) and children. */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  else if (name === "style") for (const [key, one] of Object.entries(value)) element.style.setProperty(key, one);
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name === "value" || name === "checked" || name === "disabled" || name === "indeterminate")
    element[name] = value;
  else element.setAttribute(name, value === true ? "" : String(value));
}

const KEPT = new Set([
  "P",
  "BR",
  "EM",
  "STRONG",
  "UL",
  "OL",
  "LI",
  "BLOCKQUOTE",
  "H2",
  "H3",
  "H4",
  "CODE",
  "PRE",
  "HR",
]);
const RAISED = { H1: "h3", H2: "h3", H3: "h4", B: "strong", I: "em" };

/** Notes come as safe HTML; still only the tags of prose are copied, without a single attribute. */
export function prose(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return h("div", { class: "prose" }, copied(page.body));
}

function copied(parent) {
  return [...parent.childNodes].map((node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || ["SCRIPT", "STYLE", "TEMPLATE"].includes(node.tagName)) return null;
    const tag = RAISED[node.tagName] ?? (KEPT.has(node.tagName) ? node.tagName.toLowerCase() : null);
    return tag ? h(tag, {}, copied(node)) : copied(node);
  });
}
