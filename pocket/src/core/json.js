// JSON from outside, with everything refused that two parsers could read differently; and its canonical form.
// As `catalogue/strict_json.py` of the big program: what one of them takes, the other takes.
import { BUDGETS, check } from "./budgets.js";
import { decoded, encoded } from "./bytes.js";
import { damaged } from "./trouble.js";

/**
 * An object is a Map: no key of it means anything to the language. A whole number beyond 2^53 is a bigint.
 * @typedef {null | boolean | string | number | bigint | Fraction | Json[] | JsonObject} Json
 * @typedef {Map<string, Json>} JsonObject — in the order in which its keys were written
 * @typedef {{ text: string, at: number }} Reading — what is read, and how far
 */

/** A number that was written with a point or an exponent. */
export class Fraction {
  /** @param {number} value */
  constructor(value) {
    this.value = value;
  }
}

/** Digits of a whole number that Python reads: with more of them, reading takes the square of their count. */
const MOST_DIGITS = 4300;
const COUNTED = new Uint8Array(256);
for (const sign of "[{,:") COUNTED[sign.charCodeAt(0)] = 1;
const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [BRACKET, BRACE] = [0x5b, 0x7b];
const [BRACKET_END, BRACE_END] = [0x5d, 0x7d];
const [ZERO, NINE, POINT, BLANK] = [0x30, 0x39, 0x2e, 0x20];
const [MINUS, PLUS, SMALL_E] = [0x2d, 0x2b, 0x65];

const SPACE = /[ \t\n\r]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const HEX = /^[0-9A-Fa-f]{4}$/;
const HALF_A_PAIR = /\p{Surrogate}/u;
/** @type {Readonly<Record<string, string>>} */
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
/** @type {readonly (readonly [string, null | boolean])[]} */
const WORDS = [
  ["true", true],
  ["false", false],
  ["null", null],
];

class Unreadable extends Error {}

/**
 * What `bytes` say, at most `most` of them. Length, nesting and the count of values are looked at before one is built.
 * Throws: DamagedError, OverBudgetError, and whatever `allow` does.
 * @param {Uint8Array} bytes @param {number} most @param {(values: number) => void} [allow] is told how many it holds @returns {Json}
 */
export function parse(bytes, most, allow = () => {}) {
  if (bytes.length > most) throw damaged("trouble.paper_long");
  const { values, depth } = measured(bytes);
  check(BUDGETS.jsonValues, values);
  allow(values);
  if (depth > BUDGETS.jsonDepth.most) throw damaged(BUDGETS.jsonDepth.key);
  try {
    return only({ text: textOf(bytes), at: 0 });
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw damaged("trouble.paper_damaged", error);
  }
}

/** @param {Uint8Array} bytes */
function textOf(bytes) {
  try {
    return decoded(bytes);
  } catch (error) {
    throw new Unreadable("not UTF-8", { cause: error });
  }
}

/** The one value that is there. @param {Reading} reading */
function only(reading) {
  const found = value(reading);
  next(reading);
  if (reading.at !== reading.text.length) throw new Unreadable();
  return found;
}

/** How many values there are at most, what stands in strings counted too, and how deep they are nested. @param {Uint8Array} bytes */
function measured(bytes) {
  let values = 0;
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    values += COUNTED[byte];
    if (byte === QUOTE) inString = !inString;
    else if (inString && byte === BACKSLASH) {
      at += 1;
      values += COUNTED[bytes[at]] || 0;
    } else if (inString) continue;
    else if (byte === BRACKET || byte === BRACE) deepest = Math.max(deepest, (depth += 1));
    else if (byte === BRACKET_END || byte === BRACE_END) depth -= 1;
  }
  return { values, depth: deepest };
}

// What follows looks at codes of letters: of a million values no browser makes a million strings, or objects, in passing.

/** @param {Reading} reading @returns {Json} */
function value(reading) {
  const sign = next(reading);
  if (sign === QUOTE) return string(reading);
  if (sign === BRACE) return object(reading);
  if (sign === BRACKET) return array(reading);
  return sign === MINUS || (sign >= ZERO && sign <= NINE) ? number(reading) : word(reading);
}

/** Passes over what is blank; the code of the letter behind it, none at the end. @param {Reading} reading */
function next(reading) {
  const sign = reading.text.charCodeAt(reading.at);
  if (sign > BLANK) return sign;
  matched(SPACE, reading);
  return reading.text.charCodeAt(reading.at);
}

/** @param {Reading} reading @returns {JsonObject} */
function object(reading) {
  const found = new Map();
  if (isEmpty(reading, BRACE_END)) return found;
  do {
    if (next(reading) !== QUOTE) throw new Unreadable();
    const name = string(reading);
    if (next(reading) !== COLON || found.has(name)) throw new Unreadable();
    reading.at += 1;
    found.set(name, value(reading));
  } while (goesOn(reading, BRACE_END));
  return found;
}

/** @param {Reading} reading @returns {Json[]} */
function array(reading) {
  /** @type {Json[]} */
  const found = [];
  if (isEmpty(reading, BRACKET_END)) return found;
  do found.push(value(reading));
  while (goesOn(reading, BRACKET_END));
  return found;
}

/** Whether what begins here ends at once. @param {Reading} reading @param {number} end */
function isEmpty(reading, end) {
  reading.at += 1;
  if (next(reading) !== end) return false;
  reading.at += 1;
  return true;
}

/** Whether another member follows; else what they are members of has ended. @param {Reading} reading @param {number} end */
function goesOn(reading, end) {
  const sign = next(reading);
  reading.at += 1;
  if (sign !== COMMA && sign !== end) throw new Unreadable();
  return sign === COMMA;
}

/** @param {Reading} reading @returns {string} */
function string(reading) {
  const { text } = reading;
  const from = reading.at + 1;
  let at = from;
  let sign = text.charCodeAt(at);
  while (sign >= BLANK && sign !== QUOTE && sign !== BACKSLASH) sign = text.charCodeAt((at += 1));
  reading.at = at;
  const found = text.slice(from, at);
  if (sign !== QUOTE) return withEscapes(found, reading);
  reading.at += 1; // most of them: nothing is escaped
  return found;
}

/** @param {string} begun @param {Reading} reading */
function withEscapes(begun, reading) {
  let found = begun;
  while (reading.text[reading.at] === "\\") found += escaped(reading) + matched(PLAIN, reading);
  if (reading.text[reading.at] !== '"' || HALF_A_PAIR.test(found)) throw new Unreadable();
  reading.at += 1;
  return found;
}

/** @param {Reading} reading */
function escaped(reading) {
  const letter = reading.text[reading.at + 1];
  reading.at += 2;
  if (letter === "u") {
    const digits = reading.text.slice(reading.at, reading.at + 4);
    if (!HEX.test(digits)) throw new Unreadable();
    reading.at += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }
  if (letter === undefined || !(letter in ESCAPES)) throw new Unreadable();
  return ESCAPES[letter];
}

/** @param {Reading} reading */
function word(reading) {
  const found = WORDS.find(([spelled]) => reading.text.startsWith(spelled, reading.at));
  if (!found) throw new Unreadable();
  reading.at += found[0].length;
  return found[1];
}

/** @param {Reading} reading */
function number(reading) {
  const { text, at: from } = reading;
  const begins = from + Number(text.charCodeAt(from) === MINUS);
  const ends = digits(text, begins);
  if (ends > begins + 1 && text.charCodeAt(begins) === ZERO) throw new Unreadable();
  reading.at = behindFraction(text, ends);
  const found = text.slice(from, reading.at);
  return reading.at === ends ? whole(found) : new Fraction(Number(found));
}

/** Where the digits end that begin here; there is at least one. @param {string} text @param {number} from */
function digits(text, from) {
  let at = from;
  for (let sign = text.charCodeAt(at); sign >= ZERO && sign <= NINE; sign = text.charCodeAt(at)) at += 1;
  if (at === from) throw new Unreadable();
  return at;
}

/** Behind a point and an exponent, if they are there. @param {string} text @param {number} from */
function behindFraction(text, from) {
  const at = text.charCodeAt(from) === POINT ? digits(text, from + 1) : from;
  if ((text.charCodeAt(at) | BLANK) !== SMALL_E) return at;
  const sign = text.charCodeAt(at + 1);
  return digits(text, at + (sign === MINUS || sign === PLUS ? 2 : 1));
}

/** @param {string} written */
function whole(written) {
  if (written.length <= 15) return Number(written) || 0; // of minus nought too
  if (written.length - Number(written[0] === "-") > MOST_DIGITS) throw new Unreadable();
  const exact = BigInt(written);
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}

/** @param {RegExp} pattern @param {Reading} reading */
function matched(pattern, reading) {
  pattern.lastIndex = reading.at;
  const [found] = pattern.exec(reading.text) ?? [""];
  reading.at += found.length;
  return found;
}

/**
 * The bytes that are signed of a value: canonical JSON as securesystemslib writes it. No fraction has such a form.
 * Throws: DamagedError.
 * @param {Json} json @returns {Uint8Array}
 */
export function canonical(json) {
  /** @type {string[]} */
  const parts = [];
  write(json, parts);
  return encoded(parts.join(""));
}

/** @param {Json} json @param {string[]} parts */
function write(json, parts) {
  if (typeof json === "string") parts.push(quoted(json));
  else if (json instanceof Fraction) throw damaged("trouble.paper_damaged");
  else if (Array.isArray(json)) writeAll(json, parts);
  else if (json instanceof Map) writeObject(json, parts);
  else parts.push(String(json));
}

/** @param {Json[]} items @param {string[]} parts */
function writeAll(items, parts) {
  items.forEach((item, place) => {
    parts.push(place ? "," : "[");
    write(item, parts);
  });
  parts.push(items.length ? "]" : "[]");
}

/** @param {JsonObject} object @param {string[]} parts */
function writeObject(object, parts) {
  const names = [...object.keys()].sort(byCodePoint);
  names.forEach((name, place) => {
    parts.push(place ? "," : "{", quoted(name), ":");
    write(object.get(name) ?? null, parts);
  });
  parts.push(names.length ? "}" : "{}");
}

/** Only these two are escaped; every other character stands as it is. @param {string} text */
const quoted = (text) => `"${text.replace(/["\\]/g, "\\$&")}"`;

/**
 * Order of texts by code point. JavaScript's own puts U+1F3B8 before U+FF01: it compares halves of pairs.
 * @param {string} one @param {string} other
 */
export function byCodePoint(one, other) {
  const end = Math.min(one.length, other.length);
  for (let at = 0; at < end; at += 1) {
    const [left, right] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (left !== right) return rank(left) - rank(right);
  }
  return one.length - other.length;
}

/** Halves of pairs after all that need none. @param {number} unit */
function rank(unit) {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
