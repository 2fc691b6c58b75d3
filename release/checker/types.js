// What the checker knows of values: whether a thing is the browser's, the language's or ours, and what it is called.
import { TypeFlags } from "typescript/unstable/sync";

/** @typedef {import("typescript/unstable/sync").Checker} Checker */
/** @typedef {import("typescript/unstable/sync").Symbol} Symbol */
/** @typedef {import("typescript/unstable/sync").Type} Type */

const LIBRARY = /\/lib\.[\w.]+\.d\.ts$/i;
const BROWSER = /\/lib\.dom[\w.]*\.d\.ts$/i;

/** Of the language, and yet they run text, reach any name, or call what they are given. */
const SHARP = new Set([
  "Object",
  "ObjectConstructor",
  "Function",
  "CallableFunction",
  "NewableFunction",
  "FunctionConstructor",
  "Reflect",
  "ProxyConstructor",
  "ImportMeta",
]);

/** Every kind of element has its own, and they are one. */
const LISTENING = new Set(["addEventListener", "removeEventListener"]);

/** @param {Symbol} symbol */
export const isDeclaredByLibrary = (symbol) => symbol.declarations.some(({ path }) => LIBRARY.test(path));

/** @param {Symbol | undefined} symbol */
export const isOfBrowser = (symbol) => symbol?.declarations.some(({ path }) => BROWSER.test(path)) ?? false;

/** A name that no module declares: the browser's, the language's, nobody's, or one of a `.d.ts` of ours. @param {Symbol | undefined} symbol */
export const isFree = (symbol) => !symbol?.declarations.some(({ path }) => !path.endsWith(".d.ts"));

/** @param {Type} part */
const isWindow = (part) => ["globalThis", "Window"].includes(part.getSymbol()?.name ?? "");

export class Types {
  /** @type {Map<string, Symbol | undefined>} */
  #properties = new Map();
  /** @type {Map<number, boolean>} */
  #browsers = new Map();

  /** @param {Checker} checker */
  constructor(checker) {
    this.checker = checker;
  }

  /** What a value may be, one by one, without null. @param {Type | undefined} type @returns {Type[]} */
  parts(type) {
    if (!type) return [];
    if (type.isUnionType()) return type.getTypes().flatMap((each) => this.parts(each));
    if (type.flags & TypeFlags.TypeVariable) return this.parts(this.checker.getBaseConstraintOfType(type));
    return type.flags & (TypeFlags.Nullable | TypeFlags.Never | TypeFlags.Void) ? [] : [type];
  }

  /** @param {Type} part */
  isUnknown = (part) => part.isErrorType() || (part.flags & TypeFlags.AnyOrUnknown) !== 0;

  /** @param {Type | undefined} type */
  isBrowsers(type) {
    return this.parts(type).some((part) => this.isPartBrowsers(part));
  }

  /** @param {Type | undefined} type */
  isWindow(type) {
    return this.parts(type).some(
      (part) => isWindow(part) || (part.isIntersectionType() && part.getTypes().some(isWindow)),
    );
  }

  /** Or made of something of the browser's, or one of its heirs. @param {Type} part @returns {boolean} */
  isPartBrowsers(part) {
    const known = this.#browsers.get(part.id);
    if (known !== undefined) return known;
    this.#browsers.set(part.id, false); // a type may be made of itself
    const found =
      isWindow(part) ||
      isOfBrowser(part.getSymbol()) ||
      (part.isIntersectionType() && part.getTypes().some((each) => this.isPartBrowsers(each))) ||
      (part.isClassOrInterface() && (part.getBaseTypes() ?? []).some((each) => this.isPartBrowsers(each)));
    this.#browsers.set(part.id, found);
    return found;
  }

  /** @param {Type} part @param {string} name */
  property(part, name) {
    const place = `${part.id}.${name}`;
    if (!this.#properties.has(place)) {
      const whole = this.checker.getApparentType(part) ?? part;
      this.#properties.set(place, this.checker.getPropertyOfType(whole, name));
    }
    return this.#properties.get(place);
  }

  /**
   * What is reached by `name` in a thing: `Interface.name`, or null where it is ours, or the language's and blunt.
   * @param {Type} part @param {string} name @param {string} written what the thing is called where it stands
   */
  member(part, name, written) {
    if (this.isUnknown(part)) return `any.${name}`;
    const found = this.property(part, name);
    if (!found) return this.isPartBrowsers(part) || name === "__proto__" ? `${this.name(part)}.${name}` : null;
    if (LISTENING.has(name)) return isDeclaredByLibrary(found) ? `EventTarget.${name}` : null;
    const owner = found.getParent()?.name;
    if (isOfBrowser(found) || this.isPartBrowsers(part))
      return `${owner && !owner.startsWith("__") ? owner : this.name(part, written)}.${name}`;
    return owner && SHARP.has(owner) && isDeclaredByLibrary(found) ? `${owner}.${name}` : null;
  }

  /** @param {Type} part @param {string} written @returns {string} */
  name(part, written = "?") {
    const own = part.getSymbol()?.name ?? "";
    if (own && !own.startsWith("__")) return own;
    const inside = part.isIntersectionType() ? part.getTypes().find((each) => this.isPartBrowsers(each)) : undefined;
    return inside ? this.name(inside, written) : written;
  }

  /** @param {Type | undefined} type */
  isCalled(type) {
    return this.parts(type).some((part) => this.checker.getSignaturesOfType(part, 0).length > 0);
  }

  /** @param {Type | undefined} type */
  isNumber(type) {
    const parts = this.parts(type);
    return parts.length > 0 && parts.every((part) => (part.flags & TypeFlags.NumberLike) !== 0);
  }

  /** @param {Type | undefined} type */
  said(type) {
    return type ? this.checker.typeToString(type).replace(/\s+/g, " ").slice(0, 60) : "?";
  }
}
