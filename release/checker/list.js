// Every door of one file: each thing of the browser's that it names, reads, writes, calls or hands on.
import { SyntaxKind as Kind } from "typescript/unstable/ast";
import { attributesOf, elementOf, isBuilder } from "./elements.js";
import { SymbolFlags } from "typescript/unstable/sync";
import { castOf, handedOn } from "./handing.js";
import { ADDRESS, OWNERS, SHARP, SWITCHED_OFF, TIMERS, UNUSUAL, WITHOUT } from "./names.js";
import { bare, isAsked, isBase, isCall, isHanded, isPattern, isRead, isWritten, lastName, literal, said, walk, wrapped } from "./places.js"; // prettier-ignore
import { isFree } from "./types.js";

/** @typedef {import("typescript/unstable/ast").Node} Node */
/** @typedef {import("typescript/unstable/ast").SourceFile} SourceFile */
/** @typedef {import("typescript/unstable/sync").Symbol} Symbol */
/** @typedef {import("typescript/unstable/sync").Type} Type */
/** @typedef {import("./types.js").Types} Types */
/** @typedef {{ kind: string, name: string, file: string, line: number, text: string }} Door */
/** @typedef {Node & { name: Node & { text: string }, expression: Node }} Access */
/** @typedef {Node & { text: string }} Named */

const TEXTS = new Set([Kind.StringLiteral, Kind.NoSubstitutionTemplateLiteral, Kind.TemplateHead]);

export class Listing {
  /** @type {Door[]} */
  doors = [];

  /**
   * @param {SourceFile} source @param {string} file how it is called @param {Types} types
   * @param {boolean} isTyped whether types are written in it; without them only what is free is told for certain
   */
  constructor(source, file, types, isTyped) {
    this.source = source;
    this.file = file;
    this.types = types;
    this.isTyped = isTyped;
  }

  list() {
    if (SWITCHED_OFF.test(this.source.text))
      this.add("syntax", "@ts-ignore", this.source, "a check that is switched off");
    /** @type {Node[]} */
    const nodes = [];
    walk(this.source, (node) => void nodes.push(node));
    for (const each of this.source.imports) this.imported(/** @type {Named} */ (each));
    this.names(nodes.filter((node) => node.kind === Kind.Identifier && isRead(node)));
    for (const node of nodes) this.look(node);
    if (!this.isTyped) return;
    for (const { node, name } of handedOn(nodes.filter(isHanded), this.types)) this.add("cast", name, node);
  }

  /** @param {string} kind @param {string} name @param {Node} node @param {string} [text] */
  add(kind, name, node, text = said(node)) {
    this.addAt(kind, name, node.getStart(), text);
  }

  /** @param {string} kind @param {string} name @param {number} position @param {string} text */
  addAt(kind, name, position, text) {
    const { line } = this.source.getLineAndCharacterOfPosition(position);
    this.doors.push({ kind, name, file: this.file, line: line + 1, text });
  }

  /** @param {Named} from */
  imported(from) {
    if (!/^(?:\.\.?\/|@noble\/)/.test(from.text)) this.add("syntax", `a module from elsewhere`, from.parent);
  }

  /** Names that stand alone. @param {Node[]} nodes */
  names(nodes) {
    const symbols = this.types.checker.getSymbolAtLocation(nodes);
    for (const [at, node] of nodes.entries()) this.name(/** @type {Named} */ (node), symbols[at]);
  }

  /** @param {Named} node @param {Symbol | undefined} found */
  name(node, found) {
    const { checker } = this.types;
    const isShort = node.parent.kind === Kind.ShorthandPropertyAssignment;
    const symbol = isShort ? checker.getShorthandAssignmentValueSymbol(node.parent) : found;
    if (this.isTyped && isBuilder(node, this.types) && !isBase(wrapped(node)))
      this.add("loose", node.text, node, said(node.parent));
    if (node.text === "undefined" || !isFree(symbol)) return;
    if (symbol && checker.isArgumentsSymbol(symbol)) return;
    this.add("global", isWritten(node) ? `${node.text}=` : node.text, node);
    if (!isBase(wrapped(node)) && !isAsked(node) && this.mayBeHandedOn(node))
      this.add("loose", node.text, node, said(node.parent));
  }

  /** Numbers and texts may go anywhere. @param {Node} node */
  mayBeHandedOn(node) {
    const type = this.types.checker.getTypeAtLocation(node);
    return this.types
      .parts(type)
      .some((part) => this.types.isUnknown(part) || part.isObjectType() || part.isIntersectionType());
  }

  /** @param {Node} node */
  look(node) {
    if (node.kind === Kind.PropertyAccessExpression) this.access(/** @type {Access} */ (node));
    else if (node.kind === Kind.ElementAccessExpression) this.computed(node);
    else if (node.kind === Kind.ObjectBindingPattern) this.pattern(node);
    else if (node.kind === Kind.ObjectLiteralExpression && isPattern(node)) this.pattern(node);
    else if (isCall(node)) this.call(node);
    else if (node.kind === Kind.AsExpression) this.cast(node);
    else if (node.kind === Kind.TypePredicate) this.add("cast", node.getText(), node);
    else if (node.kind === Kind.ThisKeyword) this.self(node);
    else if (node.kind === Kind.SpreadAssignment) this.spread(node);
    else if (TEXTS.has(node.kind)) this.text(/** @type {Named} */ (node));
    else if (UNUSUAL.has(node.kind)) this.add("syntax", String(UNUSUAL.get(node.kind)), node);
  }

  /** @param {Node} node @returns {Type | undefined} */
  typeOf(node) {
    return this.types.checker.getTypeAtLocation(node);
  }

  /** @param {Access} node */
  access(node) {
    const { expression, name } = node;
    if (this.isTyped) this.method(node);
    else if (!this.isCertain(expression, name.text)) return;
    this.member(this.typeOf(expression), name.text, name.parent, bare(expression).getText());
  }

  /** Without types a guess is as good as none: what is free counts, and names that are sharp anywhere. @param {Node} node @param {string} name */
  isCertain(node, name) {
    return SHARP.has(name) || isFreeName(node, this.types) || this.types.isWindow(this.typeOf(node));
  }

  /** @param {Type | undefined} type @param {string} name @param {Node} node @param {string} of what has it, as it is written */
  member(type, name, node, of) {
    if (of === "globalThis") return this.add("global", isWritten(node) ? `${name}=` : name, node);
    const reached = this.types.parts(type).map((part) => this.types.member(part, name, of));
    const doors = new Set(reached.filter((each) => each !== null && (this.isTyped || !each.startsWith("any."))));
    for (const door of doors) this.add("member", isWritten(node) ? `${door}=` : String(door), node);
    if (!doors.size && SHARP.has(name)) this.add("name", name, node);
  }

  /** @param {Node} node `object[key]` */
  computed(node) {
    const { expression, argumentExpression: key } =
      /** @type {Node & { expression: Node, argumentExpression: Node }} */ (node);
    const known = literal(key);
    const type = this.typeOf(expression);
    if (known !== undefined) return this.member(type, known, node, bare(expression).getText());
    if (this.types.isNumber(this.typeOf(key))) return;
    const parts = this.types.parts(type);
    const open = parts.find((part) => this.types.isPartBrowsers(part) || (this.isTyped && this.types.isUnknown(part)));
    const isCalled = this.isTyped && isBase(wrapped(node)) && this.types.isCalled(this.typeOf(node));
    if (open || isCalled || isFreeName(expression, this.types))
      this.add("computed", `${bare(expression).getText()}[…]`, node);
  }

  /** @param {Node} node `{ a, b: c }`, of what is declared or assigned to */
  pattern(node) {
    const type = this.typeOf(node);
    const { elements, properties } = /** @type {Node & { elements?: Node[], properties?: Node[] }} */ (node);
    for (const each of elements ?? properties ?? []) {
      const { propertyName, name, dotDotDotToken } =
        /** @type {Node & { propertyName?: Named, name?: Named, dotDotDotToken?: Node }} */ (each);
      const key = propertyName ?? name;
      const isPlain = key?.kind === Kind.Identifier || key?.kind === Kind.StringLiteral;
      if (key && isPlain && !dotDotDotToken) this.taken(type, key.text, each);
      else if (this.types.isBrowsers(type)) this.add("computed", `${this.types.said(type)}{…}`, each);
    }
  }

  /** @param {Type | undefined} type @param {string} name @param {Node} node */
  taken(type, name, node) {
    this.member(type, name, node, said(node));
    const found = this.types.parts(type).map((part) => this.types.property(part, name));
    if (this.isTyped && found.some(isOurMethod)) this.add("loose", name, node);
  }

  /** @param {import("./places.js").Call} node */
  call(node) {
    const callee = bare(node.expression);
    const [first] = node.arguments ?? [];
    if (callee.kind === Kind.ImportKeyword) this.add("syntax", "import()", node);
    if (TIMERS.has(lastName(callee)) && first && !this.isWork(first)) this.add("syntax", "a timer of a text", node);
    if (!this.isTyped) return;
    for (const element of elementOf(node, this.types)) this.add("element", element, node);
    for (const attribute of attributesOf(node, this.types)) this.add("attribute", attribute, node);
  }

  /** @param {Node} node */
  isWork(node) {
    const { kind } = bare(node);
    return (
      kind === Kind.ArrowFunction ||
      kind === Kind.FunctionExpression ||
      !this.isTyped ||
      this.types.isCalled(this.typeOf(node))
    );
  }

  /** @param {Node} node */
  cast(node) {
    const name = castOf(node, this.types);
    if (name) this.add("cast", name, node);
  }

  /** `this` of a script is the window, and so is that of a function which a timer calls. @param {Node} node */
  self(node) {
    let { parent } = node;
    while (!OWNERS.has(parent.kind)) parent = parent.parent;
    if (parent.kind === Kind.SourceFile || (this.isTyped && WITHOUT.has(parent.kind)))
      this.add("syntax", "this of no class", node);
  }

  /** Without its object a method of ours has the window for `this`, where a timer calls it. @param {Access} node */
  method(node) {
    const symbol = this.types.checker.getSymbolAtLocation(node.name);
    if (isOurMethod(symbol) && !isBase(wrapped(node))) this.add("loose", node.name.text, node, said(node.parent));
  }

  /** @param {Node} node `...value` in an object */
  spread(node) {
    const { expression } = /** @type {Access} */ (node);
    if (this.types.isBrowsers(this.typeOf(expression))) this.add("computed", `{...${expression.getText()}}`, node);
  }

  /** @param {Named} node */
  text(node) {
    if (ADDRESS.test(node.text)) this.add("address", node.text, node);
  }
}

/** @param {Symbol | undefined} symbol */
const isOurMethod = (symbol) => symbol !== undefined && !isFree(symbol) && (symbol.flags & SymbolFlags.Method) !== 0;

/** @param {Node} node @param {Types} types */
function isFreeName(node, types) {
  const one = bare(node);
  if (one.kind !== Kind.Identifier) return false;
  return isFree(types.checker.getSymbolAtLocation(one));
}
