// Where a node stands: what is done with it there, and the words around it that say so.
import { SyntaxKind as Kind } from "typescript/unstable/ast";
import { isTypeNode } from "typescript/unstable/ast/is";

/** @typedef {import("typescript/unstable/ast").Node} Node */
/** @typedef {Node & { expression: Node, arguments: readonly Node[] }} Call */
/** @typedef {Node & { left: Node, right: Node, operatorToken: Node }} Binary */
/** @typedef {Node & { expression: Node }} Wrapped */
/** @typedef {Node & { text: string }} Named */

const TYPES_ALONE = new Set([
  Kind.JSTypeAliasDeclaration,
  Kind.TypeAliasDeclaration,
  Kind.InterfaceDeclaration,
  Kind.ImportDeclaration,
  Kind.JSImportDeclaration,
]);
const WRAPPERS = new Set([
  Kind.ParenthesizedExpression,
  Kind.AsExpression,
  Kind.NonNullExpression,
  Kind.SatisfiesExpression,
]);

/** Every node that runs, from the top down, and "is": other types say nothing. @param {Node} node @param {(node: Node) => void} see */
export function walk(node, see) {
  if (TYPES_ALONE.has(node.kind)) return;
  if (node.kind === Kind.TypePredicate) return see(node);
  if (isTypeNode(node) && node.kind !== Kind.ExpressionWithTypeArguments) return;
  see(node);
  node.forEachChild((child) => walk(child, see));
}

/** @param {Node} node */
export const isWrapper = (node) => WRAPPERS.has(node.kind);

/** Without brackets and casts. @param {Node} node @returns {Node} */
export const bare = (node) => (isWrapper(node) ? bare(/** @type {Wrapped} */ (node).expression) : node);

/** The node, with brackets and casts around it. @param {Node} node @returns {Node} */
export const wrapped = (node) => (isWrapper(node.parent) ? wrapped(node.parent) : node);

/** @param {Node} node @returns {node is Call} */
export const isCall = (node) => node.kind === Kind.CallExpression || node.kind === Kind.NewExpression;

/** @param {Node} node */
export const isAccess = (node) =>
  node.kind === Kind.PropertyAccessExpression || node.kind === Kind.ElementAccessExpression;

/** Whether a node is what `parent` reads from, calls or makes. @param {Node} node */
export function isBase(node) {
  const { parent } = node;
  return (isAccess(parent) || isCall(parent)) && /** @type {Wrapped} */ (parent).expression === node;
}

/** @param {Node} node @returns {node is Binary} */
export const isAssignment = (node) =>
  node.kind === Kind.BinaryExpression &&
  /** @type {Binary} */ (node).operatorToken.kind >= Kind.FirstAssignment &&
  /** @type {Binary} */ (node).operatorToken.kind <= Kind.LastAssignment;

/** Whether something is put where the node is. @param {Node} node @returns {boolean} */
export function isWritten(node) {
  const { parent } = wrapped(node);
  if (isAssignment(parent)) return bare(parent.left) === node;
  if (parent.kind === Kind.PostfixUnaryExpression || parent.kind === Kind.DeleteExpression) return true;
  if (parent.kind === Kind.PrefixUnaryExpression) return /^(\+\+|--)/.test(parent.getText());
  if (parent.kind === Kind.ForOfStatement || parent.kind === Kind.ForInStatement)
    return /** @type {Node & { initializer: Node }} */ (parent).initializer === node;
  return isInPattern(wrapped(node));
}

/** Whether a node is a place in a pattern that is assigned to: `[here] = …`, `({ a: here } = …)`. @param {Node} node @returns {boolean} */
export function isInPattern(node) {
  const { parent } = node;
  if (parent.kind === Kind.PropertyAssignment) return isPattern(parent.parent);
  if (parent.kind === Kind.SpreadElement || parent.kind === Kind.SpreadAssignment) return isPattern(parent.parent);
  return parent.kind === Kind.ArrayLiteralExpression && isPattern(parent);
}

/** Whether a literal is such a pattern. @param {Node} node @returns {boolean} */
export function isPattern(node) {
  if (node.kind !== Kind.ObjectLiteralExpression && node.kind !== Kind.ArrayLiteralExpression) return false;
  const { parent } = wrapped(node);
  if (isAssignment(parent) && bare(parent.left) === node) return true;
  if (parent.kind === Kind.ForOfStatement)
    return /** @type {Node & { initializer: Node }} */ (parent).initializer === node;
  return isInPattern(wrapped(node));
}

/** The words that say what is done: all that is read, called, made or put there. @param {Node} node @returns {string} */
export function said(node) {
  const { parent } = node;
  if (isWrapper(parent) || isBase(node)) return said(parent);
  if (isAssignment(parent) && parent.left === node) return said(parent);
  if (parent.kind === Kind.BindingElement || parent.kind === Kind.ObjectBindingPattern) return said(parent);
  if (parent.kind === Kind.VariableDeclaration && node.kind === Kind.ObjectBindingPattern) return said(parent);
  return bare(node).getText().replace(/\s+/g, " ");
}

/** What a literal says; undefined where it is none, or has holes. @param {Node | undefined} node */
export function literal(node) {
  const one = node && bare(node);
  const isPlain = one?.kind === Kind.StringLiteral || one?.kind === Kind.NoSubstitutionTemplateLiteral;
  return isPlain ? /** @type {Node & { text: string }} */ (one).text : undefined;
}

/** Whether a name stands for a value, and is no key, label or declaration. @param {Node} node */
export function isRead(node) {
  const { parent } = node;
  const { name, propertyName, label } = /** @type {Node & { name?: Node, propertyName?: Node, label?: Node }} */ (
    parent
  );
  if (parent.kind === Kind.ShorthandPropertyAssignment) return true;
  return name !== node && propertyName !== node && label !== node && !NAMING.has(parent.kind);
}
const NAMING = new Set([
  Kind.ImportSpecifier,
  Kind.ImportClause,
  Kind.NamespaceImport,
  Kind.ExportSpecifier,
  Kind.MetaProperty,
]);

/** Whether a name is asked about, and goes nowhere: `typeof x`, `y instanceof x`, `"y" in x`, `extends x`. @param {Node} node */
export function isAsked(node) {
  const { parent } = wrapped(node);
  if (parent.kind === Kind.TypeOfExpression || parent.kind === Kind.ExpressionWithTypeArguments) return true;
  if (parent.kind !== Kind.BinaryExpression) return false;
  const { operatorToken, right } = /** @type {Binary} */ (parent);
  return right === wrapped(node) && [Kind.InstanceOfKeyword, Kind.InKeyword].includes(operatorToken.kind);
}

/** Whether a value goes on from here, rather than being read from or called. @param {Node} node */
export function isHanded(node) {
  const isValue =
    isAccess(node) || isCall(node) || node.kind === Kind.ThisKeyword || node.kind === Kind.AwaitExpression;
  return (isValue || (node.kind === Kind.Identifier && isRead(node))) && !isBase(node) && !isWritten(node);
}

/** @param {Node} node */
export const lastName = (node) =>
  node.kind === Kind.PropertyAccessExpression
    ? /** @type {Node & { name: Named }} */ (node).name.text
    : (/** @type {Named} */ (node).text ?? "");

/** Whether a cast is itself what is cast. @param {Node} node @returns {boolean} */
export function isCastAgain({ parent }) {
  return isWrapper(parent) && (parent.kind === Kind.AsExpression || isCastAgain(parent));
}

/** Whether a pattern takes a value apart, and no type is written that it is taken for. @param {Node} node */
export function isTakenApart({ parent }) {
  const { name, type } = /** @type {Node & { name?: Node, type?: Node }} */ (parent);
  return parent.kind === Kind.VariableDeclaration && name?.kind === Kind.ObjectBindingPattern && !type;
}
