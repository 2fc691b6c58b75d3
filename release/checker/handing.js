// What is taken for something else than it is: there the checker's word would be of the wrong thing.
import { bare, isCastAgain, isTakenApart, wrapped } from "./places.js";
import { isDeclaredByLibrary } from "./types.js";

/** @typedef {import("typescript/unstable/ast").Node} Node */
/** @typedef {import("typescript/unstable/sync").Type} Type */
/** @typedef {import("./types.js").Types} Types */

/** `value as type` of a cast that begins or ends at something of the browser's, or at anything; null of another. @param {Node} node @param {Types} types */
export function castOf(node, types) {
  const from = types.checker.getTypeAtLocation(bare(node));
  const to = types.checker.getTypeAtLocation(node);
  const isOpen = [from, to].some((type) => types.isBrowsers(type) || types.parts(type).some(types.isUnknown));
  return isOpen && !isCastAgain(node) ? `${types.said(from)} as ${types.said(to)}` : null;
}

/** What is the browser's and goes where something of ours is awaited, and what that is. @param {Node[]} nodes @param {Types} types @returns {{ node: Node, name: string }[]} */
export function handedOn(nodes, types) {
  const all = types.checker.getTypeAtLocation(nodes);
  const found = [];
  for (const [at, node] of nodes.entries()) {
    if (!types.isBrowsers(all[at]) || isTakenApart(wrapped(node))) continue;
    const ours = oursAwaited(node, types);
    if (ours) found.push({ node, name: `${types.said(all[at])} as ${types.said(ours)}` });
  }
  return found;
}

/** @param {Node} node @param {Types} types */
function oursAwaited(node, types) {
  const awaited = types.parts(types.checker.getContextualType(/** @type {any} */ (node)));
  if (awaited.some((part) => types.isUnknown(part) || types.isPartBrowsers(part))) return undefined;
  const isShape = (/** @type {Type} */ part) => types.checker.getPropertiesOfType(part).length > 0;
  return awaited.find((part) => part.isObjectType() && isShape(part) && !isOfLibrary(part));
}

/** @param {Type} type */
function isOfLibrary(type) {
  const symbol = type.getSymbol();
  return symbol !== undefined && isDeclaredByLibrary(symbol);
}
