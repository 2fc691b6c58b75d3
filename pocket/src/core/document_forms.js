// How documents that a label signs have to look: each field is what its schema says, or the document is not read.
// Fields that no schema of today has say nothing here: newer writers may add some.
import { Fraction } from "./json.js";
import { damaged } from "./trouble.js";

/** @typedef {import("./json.js").Json} Json */
/** @template T @typedef {(json: Json) => T} Reads — throws DamagedError where it is something else */
/** @template T @typedef {{ reads: Reads<T>, byDefault?: T }} Field */
/** @template T @typedef {T extends Field<infer V> ? V : never} ValueOf */

/** @returns {never} */
function misfit() {
  throw damaged("trouble.document.misfit");
}

/** @template T @param {Reads<T>} reads @returns {Field<T>} */
export const needed = (reads) => ({ reads });

/** Where it is left out it is `byDefault`; what is there has to fit all the same. @template T @param {Reads<T>} reads @param {T} byDefault @returns {Field<T>} */
export const perhaps = (reads, byDefault) => ({ reads, byDefault });

/**
 * An object with these fields, under the names that it has in JSON.
 * @template {Record<string, Field<any>>} Fields
 * @param {Fields} fields
 * @returns {Reads<{ [Name in keyof Fields]: ValueOf<Fields[Name]> }>}
 */
export function shape(fields) {
  const entries = Object.entries(fields);
  return (json) => {
    if (!(json instanceof Map)) return misfit();
    const found = entries.map(([name, { reads, byDefault }]) => {
      const written = json.get(name);
      if (written !== undefined) return [name, reads(written)];
      return [name, byDefault === undefined ? misfit() : byDefault];
    });
    return Object.fromEntries(found);
  };
}

/** @template T @param {Reads<T>} reads @returns {Reads<readonly T[]>} */
export function list(reads, most = Infinity) {
  return (json) => (Array.isArray(json) && json.length <= most ? json.map(reads) : misfit());
}

/** Values by name, each name of that pattern. @template T @param {RegExp} names @param {Reads<T>} reads @returns {Reads<ReadonlyMap<string, T>>} */
export function byName(names, reads) {
  const read = (/** @type {[string, Json]} */ [name, each]) =>
    /** @type {[string, T]} */ ([names.test(name) ? name : misfit(), reads(each)]);
  return (json) => (json instanceof Map ? new Map([...json].map(read)) : misfit());
}

/** @template T @param {Reads<T>} reads @returns {Reads<T | null>} */
export const orNull = (reads) => (json) => (json === null ? null : reads(json));

/** So many characters, each of them one code point. @param {number} least @param {number} most @returns {Reads<string>} */
export function text(least, most) {
  return (json) => {
    if (typeof json !== "string" || json.length < least) return misfit();
    return json.length <= most || [...json].length <= most ? json : misfit();
  };
}

/** @param {RegExp} pattern @returns {Reads<string>} */
export const matching = (pattern) => (json) => (typeof json === "string" && pattern.test(json) ? json : misfit());

/** @param {number} least @param {number} most @returns {Reads<number>} */
export const whole = (least, most) => (json) =>
  typeof json === "number" && json >= least && json <= most ? json : misfit();

/** A number that may have a fraction. @returns {Reads<number>} */
export function real(least = -Infinity, most = Infinity) {
  return (json) => {
    const number = json instanceof Fraction ? json.value : typeof json === "bigint" ? Number(json) : json;
    return typeof number === "number" && Number.isFinite(number) && number >= least && number <= most
      ? number
      : misfit();
  };
}

/** @type {Reads<boolean>} */
export const flag = (json) => (typeof json === "boolean" ? json : misfit());
