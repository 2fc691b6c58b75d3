// Words, plurals, numbers, times: in every language that is shipped.
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import fc from "fast-check";
import { Server } from "./fakes.js";
import {
  clock,
  byline,
  day,
  language,
  languageName,
  lasting,
  size,
  speak,
  t,
  tagOf,
} from "../../src/magnitizdat/web/player/i18n.js";
import english from "../../src/magnitizdat/web/player/i18n/en.js";

const RUSSIAN = { star: "Отметить: {title}", "album.songs": "{n} {n:песня|песни|песен}" };
const DANISH = { "album.songs": "{n} {n:sang|sange}" };
const CODES = ["en", "da", "ru"];
const server = () => new Server({ "GET api/messages/da": DANISH, "GET api/messages/ru": RUSSIAN });
const zone = process.env.TZ;
beforeEach(() => {
  server();
  return speak("en");
});
after(() => (process.env.TZ = zone ?? ""));

test("what is counted has both forms in English, and the number or its word in it", () => {
  for (const [key, message] of Object.entries(english))
    for (const [, place, forms] of message.matchAll(/\{(\w+):([^{}]*)\}/g)) {
      assert.equal(forms.split("|").length, 2, key);
      assert.ok(message.includes(`{${place}}`), key);
    }
});

test("values stand in a sentence as they are, and numbers as the language writes them", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...CODES), fc.string(), fc.nat(5_000_000), async (code, title, n) => {
      await speak(code);
      assert.ok(t("star", { title }).includes(title));
      assert.ok(t("album.songs", { n }).includes(new Intl.NumberFormat(code).format(n)));
    }),
  );
});

test("who was named by nobody is so in each language, and a name is a name", async () => {
  server().answers["GET api/messages/ru"] = { "artist.unknown": "Неизвестный исполнитель" };
  await speak("ru");
  assert.deepEqual(["Unknown Artist", "Кино", "constructor"].map(byline), [
    "Неизвестный исполнитель",
    "Кино",
    "constructor",
  ]);
  await speak("en");
  assert.deepEqual(["Unknown Artist", "Various Artists"].map(byline), ["Unknown Artist", "Various Artists"]);
});

test("a place without a value shows that it has none", () => {
  assert.equal(t("star"), "Star {title}");
});

test("Russian counts as Russians do", async () => {
  await speak("ru");
  const said = [1, 2, 5, 11, 21, 22, 25, 111].map((n) => t("album.songs", { n }).replace(/[\d\s\u00a0]+/, ""));
  assert.equal(new Set([said[0], said[4]]).size, 1);
  assert.equal(new Set([said[1], said[5]]).size, 1);
  assert.equal(new Set([said[2], said[3], said[6], said[7]]).size, 1);
  assert.equal(new Set(said).size, 3);
});

test("a language that somebody brought is said as far as it goes, the rest in English", async () => {
  new Server({ "GET api/messages/he": { skip: "אל המוזיקה", "album.songs": "{n} {n:שיר|שירים}" } });
  await speak("he", "rtl");
  assert.equal(t("skip"), "אל המוזיקה");
  assert.equal(t("album.songs", { n: 3 }), "3 שירים");
  assert.equal(t("cancel"), "Cancel");
  assert.deepEqual([document.documentElement.lang, document.documentElement.dir], ["he", "rtl"]);
  assert.equal(language(), "he");
});

test("whatever file the server takes for a language, the page can speak by it", async () => {
  new Server();
  const codes = fc.stringMatching(/^[a-z]{2,3}([-_][a-zA-Z]{2,4})?$/); // language.py says so
  await fc.assert(
    fc.asyncProperty(codes, async (code) => {
      await speak(code);
      assert.equal(t("cancel"), "Cancel");
      assert.ok(languageName(tagOf(code)));
      assert.ok(size(12_345) && lasting(70));
    }),
  );
  assert.deepEqual([tagOf("pt_BR"), tagOf("en-abc"), tagOf("zh_hant")], ["pt-BR", "en", "zh-Hant"]);
});

test("a clock says every second once", () => {
  const seconds = (said) => said.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 400_000, noNaN: true }), (time_s) => {
      const said = clock(time_s);
      assert.equal(seconds(said), Math.round(time_s));
      assert.match(said, /^(\d+:[0-5]\d|[0-5]?\d):[0-5]\d$/);
    }),
  );
  assert.deepEqual([clock(NaN), clock(-1), clock(187), clock(3723)], ["0:00", "0:00", "3:07", "1:02:03"]);
});

test("a size has three digits at most, and means what it says", () => {
  const units = { byte: 1, bytes: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 12 }), fc.double({ min: 0, max: 999.4, noNaN: true }), (step, digits) => {
      const bytes = Math.round(digits * 10 ** Math.min(step, 12));
      const [value, unit] = size(bytes).split(/\s/);
      assert.ok(Number(value) < 1000, size(bytes));
      assert.ok(Math.abs(Number(value) * units[unit] - bytes) <= units[unit] / 2, `${size(bytes)} of ${bytes}`);
    }),
  );
  assert.deepEqual([size(999_999), size(999_499), size(4_700_000_000), size(null)], ["1 MB", "999 kB", "4.7 GB", "…"]);
});

test("a date is that day everywhere, and no more exact than it is known", () => {
  for (const place of ["America/New_York", "UTC", "Pacific/Auckland"]) {
    process.env.TZ = place;
    assert.deepEqual(["1982-05-14", "1982-05", "1982", ""].map(day), ["May 14, 1982", "May 1982", "1982", ""]);
  }
  assert.equal(day("1982-13-45"), "1982-13-45");
  process.env.TZ = "America/New_York";
  assert.equal(day("2026-01-01T01:00:00Z"), "December 31, 2025", "a moment is on the day that it was here");
});
