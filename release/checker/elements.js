// Which elements are made, and which attributes they get: only what is written out can be told.
import { SyntaxKind as Kind } from "typescript/unstable/ast";
import { bare, literal } from "./places.js";

/** @typedef {import("typescript/unstable/ast").Node} Node */
/** @typedef {import("./places.js").Call} Call */
/** @typedef {import("./types.js").Types} Types */

const BUILDERS = new Set(["h", "svg"]);
const BUILDING = /\/page\/dom\.js$/;
const ELEMENTS = new Map([
  ["createElement", 0],
  ["createElementNS", 1],
]);
const ATTRIBUTES = new Map([
  ["setAttribute", 0],
  ["setAttributeNS", 1],
  ["toggleAttribute", 0],
]);
const UNTOLD = "?";

/** Whether a name is that of what makes elements: it is called with names that are written out, and nothing else. @param {Node} callee @param {Types} types */
export function isBuilder(callee, types) {
  const { text = "" } = /** @type {Node & { text?: string }} */ (callee);
  if (callee.kind !== Kind.Identifier || !BUILDERS.has(text)) return false;
  const symbol = types.checker.getSymbolAtLocation(callee);
  const origin = symbol && symbol.flags & ALIAS ? types.checker.getAliasedSymbol(symbol) : symbol;
  return origin?.declarations.some(({ path }) => BUILDING.test(path)) ?? false;
}
const ALIAS = 2097152;

/** @param {Call} call @param {Types} types @returns {string[]} */
export function elementOf(call, types) {
  const callee = bare(call.expression);
  const at = isBuilder(callee, types) ? 0 : ELEMENTS.get(methodOf(callee));
  const isDrawn = at === 1 || lastWord(callee) === "svg";
  return at === undefined ? [] : [`${isDrawn ? "svg " : ""}${literal(call.arguments[at]) ?? UNTOLD}`];
}

/** @param {Node} callee */
const lastWord = (callee) => /** @type {Node & { text?: string }} */ (callee).text;

/** @param {Call} call @param {Types} types @returns {string[]} */
export function attributesOf(call, types) {
  const callee = bare(call.expression);
  if (isBuilder(callee, types)) return call.arguments[1] ? keysOf(bare(call.arguments[1])) : [];
  const at = ATTRIBUTES.get(methodOf(callee));
  return at === undefined ? [] : [literal(call.arguments[at]) ?? UNTOLD];
}

/** @param {Node} callee */
const methodOf = (callee) =>
  callee.kind === Kind.PropertyAccessExpression
    ? /** @type {Node & { name: { text: string } }} */ (callee).name.text
    : "";

/** @param {Node} node @returns {string[]} */
function keysOf(node) {
  if (node.kind !== Kind.ObjectLiteralExpression) return [UNTOLD];
  const { properties } = /** @type {Node & { properties: readonly (Node & { name?: Node & { text?: string } })[] }} */ (
    node
  );
  return properties.map(
    ({ name }) => (name && name.kind !== Kind.ComputedPropertyName ? name.text : undefined) ?? UNTOLD,
  );
}
