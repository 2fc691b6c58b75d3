// Words in the reader's language: English is here, every other one comes from the server's catalogues.
// A message has `{places}`; `{n:song|songs}` is the form of a word that goes with the number `n`.
import english from "./i18n/en.js";
import { get } from "./api.js";

/** @type {Partial<Record<Key, string>>} */
let words = english;
let code = "en";
let tag = "en";
let plural = new Intl.PluralRules("en");
let categories = categoriesOf(plural);

export const language = () => code;

/** Load the words of `wanted`; where there are none the page stays English. @param {string} wanted */
export async function speak(wanted, direction = "ltr") {
  words = wanted === "en" ? english : await get(`api/messages/${encodeURIComponent(wanted)}`).catch(() => english);
  code = wanted;
  tag = tagOf(wanted);
  plural = new Intl.PluralRules(tag);
  categories = categoriesOf(plural);
  document.documentElement.lang = tag;
  document.documentElement.dir = direction;
}

/** A language as browsers name it; of what a file was called that they do not know, its first part. @param {string} wanted */
export function tagOf(wanted) {
  const parts = wanted.split(/[-_]/);
  try {
    return Intl.getCanonicalLocales(parts.join("-"))[0];
  } catch {
    return parts[0];
  }
}

/** What a language tells apart, in the order of its forms in a catalogue. @param {Intl.PluralRules} rules */
function categoriesOf(rules) {
  const known = rules.resolvedOptions().pluralCategories;
  return ["zero", "one", "two", "few", "many", "other"].filter((each) => known.some((one) => one === each));
}

/** @param {string[]} forms @param {string | number | undefined} value */
function formFor(forms, value) {
  const place = categories.indexOf(plural.select(Number(value)));
  return forms[Math.min(place < 0 ? forms.length : place, forms.length - 1)];
}

/** The sentence `key`, its `{places}` filled from `values`; numbers are written as the language does. @param {Key} key @param {Record<string, string | number>} values */
export function t(key, values = {}) {
  const text = words[key] ?? english[key];
  return text.replace(/\{(\w+)(?::([^{}]*))?\}/g, (place, name, forms) =>
    forms === undefined ? written(values[name] ?? place) : formFor(forms.split("|"), values[name]),
  );
}

/** @type {Map<string, Key>} */
const NOBODY = new Map([
  ["Unknown Artist", "artist.unknown"],
  ["Various Artists", "artist.various"],
]);

/** By whom it is, as it is shown: what import writes where nobody is named is a word of ours. @param {string} artist */
export function byline(artist) {
  const key = NOBODY.get(artist);
  return key ? t(key) : artist;
}

/** @param {string | number} value */
const written = (value) => (typeof value === "number" ? number(value) : String(value));

/** @param {number} value */
export const number = (value) => new Intl.NumberFormat(tag).format(value);

/** "3:07", "1:02:03". @param {number} seconds */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0"));
  return whole < 3600 ? `${Math.floor(whole / 60)}:${parts[1]}` : `${Math.floor(whole / 3600)}:${parts.join(":")}`;
}

/** "27 min" or "3 h 12 min". @param {number} seconds */
export function lasting(seconds) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const unit = (/** @type {number} */ value, /** @type {string} */ name) =>
    new Intl.NumberFormat(tag, { style: "unit", unit: name, unitDisplay: "short" }).format(value);
  return minutes < 60
    ? unit(minutes, "minute")
    : `${unit(Math.floor(minutes / 60), "hour")} ${unit(minutes % 60, "minute")}`;
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

/** "27 bytes", "312 kB", "4.7 GB"; "…" of what a medium does not say. @param {number | null} bytes */
export function size(bytes) {
  if (bytes === null) return "…";
  let [value, step] = [bytes, 0];
  for (; Math.round(value) >= 1000 && step < UNITS.length - 1; step += 1) value /= 1000;
  /** @type {Intl.NumberFormatOptions} */
  const format = {
    style: "unit",
    unit: UNITS[step],
    unitDisplay: step ? "short" : "long",
    maximumFractionDigits: value < 10 && step > 1 ? 1 : 0,
  };
  return new Intl.NumberFormat(tag, format).format(value);
}

/** The day of a moment, here; a date as far as it is known: "May 14, 1982", "May 1982", "1982". @param {string} iso */
export function day(iso) {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  /** @type {Intl.DateTimeFormatOptions} */
  const date = { timeZone: "UTC", year: "numeric" }; // a date is no moment: it is the same everywhere
  if (iso.length > 4) date.month = "long";
  if (iso.length > 7) date.day = "numeric";
  return new Intl.DateTimeFormat(tag, iso.includes("T") ? { dateStyle: "long" } : date).format(time);
}

/** A day as a calendar says it: "30", "November", "Monday". @param {string} iso */
export function dateParts(iso) {
  const part = (/** @type {Intl.DateTimeFormatOptions} */ wish) =>
    new Intl.DateTimeFormat(tag, { timeZone: "UTC", ...wish }).format(Date.parse(iso));
  return { day: number(Number(iso.slice(8, 10))), month: part({ month: "long" }), weekday: part({ weekday: "long" }) };
}

/** @param {string} iso */
export const hour = (iso) => new Intl.DateTimeFormat(tag, { timeStyle: "short" }).format(new Date(iso));

/** The name of a language in the reader's own. @param {string} other */
export function languageName(other) {
  try {
    return new Intl.DisplayNames([tag], { type: "language" }).of(other) ?? other;
  } catch {
    return other;
  }
}
