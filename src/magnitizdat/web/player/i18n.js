// Words in the reader's language. A message is a string, or its plural forms chosen by `n`.
import english from "./i18n/en.js";
import { get } from "./api.js";
import { remembered } from "./store.js";

const SHIPPED = new Set(["en", "da", "ru"]);
const likely = (remembered("language") ?? navigator.language).split("-")[0];
if (SHIPPED.has(likely)) import(`./i18n/${likely}.js`); // while the server is asked
/** @type {Partial<Record<Key, Message>>} */
let words = english;
let code = "en";
let tag = "en";
let plural = new Intl.PluralRules("en");

export const language = () => code;

/** Load the words of `wanted`; a language of somebody's own PO file comes from the server, by English sentence. @param {string} wanted */
export async function speak(wanted, direction = "ltr") {
  words = SHIPPED.has(wanted) ? (await import(`./i18n/${wanted}.js`)).default : await added(wanted);
  code = wanted;
  tag = tagOf(wanted);
  plural = new Intl.PluralRules(tag);
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

/** @param {string} wanted */
async function added(wanted) {
  /** @type {Record<string, string>} */
  const sentences = await get(`api/messages/${encodeURIComponent(wanted)}`).catch(() => ({}));
  const translated = (/** @type {Message} */ message) =>
    typeof message === "string"
      ? (sentences[message] ?? message)
      : { other: sentences[message.other] ?? message.other };
  return Object.fromEntries(Object.entries(english).map(([key, message]) => [key, translated(message)]));
}

/** The sentence `key`, its `{places}` filled from `values`; numbers are written as the language does. @param {Key} key @param {Record<string, string | number>} values */
export function t(key, values = {}) {
  /** @type {Message} */
  const message = words[key] ?? english[key];
  const text = typeof message === "string" ? message : (message[plural.select(Number(values.n))] ?? message.other);
  return text.replace(/\{(\w+)\}/g, (place, name) => written(values[name] ?? place));
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
