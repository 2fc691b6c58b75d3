// Words in the reader's language. A message is a string, or its plural forms chosen by `n`.
import english from "./i18n/en.js";
import { get } from "./api.js";
import { remembered } from "./store.js";

const SHIPPED = new Set(["en", "da", "ru"]);
const likely = (remembered("language") ?? navigator.language).split("-")[0];
if (SHIPPED.has(likely)) import(`./i18n/${likely}.js`); // while the server is asked
let words = english;
let code = "en";
let tag = "en";
let plural = new Intl.PluralRules("en");

export const language = () => code;

/** Load the words of `wanted`; a language of somebody's own PO file comes from the server, by English sentence. */
export async function speak(wanted, direction = "ltr") {
  words = SHIPPED.has(wanted) ? (await import(`./i18n/${wanted}.js`)).default : await added(wanted);
  code = wanted;
  tag = wanted.replace("_", "-"); // as a file that was brought may be named
  plural = new Intl.PluralRules(tag);
  document.documentElement.lang = tag;
  document.documentElement.dir = direction;
}

async function added(wanted) {
  const sentences = await get(`api/messages/${encodeURIComponent(wanted)}`).catch(() => ({}));
  const translated = (message) =>
    typeof message === "string"
      ? (sentences[message] ?? message)
      : { other: sentences[message.other] ?? message.other };
  return Object.fromEntries(Object.entries(english).map(([key, message]) => [key, translated(message)]));
}

/** The sentence `key`, its `{places}` filled from `values`; numbers are written as the language does. */
export function t(key, values = {}) {
  const message = words[key] ?? english[key] ?? key;
  const text = typeof message === "string" ? message : (message[plural.select(values.n)] ?? message.other);
  return text.replace(/\{(\w+)\}/g, (place, name) => written(values[name] ?? place));
}

const written = (value) => (typeof value === "number" ? number(value) : String(value));

export const number = (value) => new Intl.NumberFormat(tag).format(value);

export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0"));
  return whole < 3600 ? `${Math.floor(whole / 60)}:${parts[1]}` : `${Math.floor(whole / 3600)}:${parts.join(":")}`;
}

/** "27 min" or "3 h 12 min". */
export function lasting(seconds) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const unit = (value, name) =>
    new Intl.NumberFormat(tag, { style: "unit", unit: name, unitDisplay: "short" }).format(value);
  return minutes < 60
    ? unit(minutes, "minute")
    : `${unit(Math.floor(minutes / 60), "hour")} ${unit(minutes % 60, "minute")}`;
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

export function size(bytes) {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** step;
  const format = {
    style: "unit",
    unit: UNITS[step],
    unitDisplay: step ? "short" : "long",
    maximumFractionDigits: value < 10 && step > 1 ? 1 : 0,
  };
  return new Intl.NumberFormat(tag, format).format(value);
}

export const day = (iso) => new Intl.DateTimeFormat(tag, { dateStyle: "long" }).format(new Date(iso));

export const hour = (iso) => new Intl.DateTimeFormat(tag, { timeStyle: "short" }).format(new Date(iso));

/** The name of a language in the reader's own. */
export function languageName(other) {
  try {
    return new Intl.DisplayNames([tag], { type: "language" }).of(other) ?? other;
  } catch {
    return other;
  }
}
