// What an edit sends.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { changed } from "../../src/magnitizdat/web/player/edits.js";

const credit = fc.record({ name: fc.string(), role: fc.string() });
const albums = fc.record({
  title: fc.string(),
  genres: fc.array(fc.string()),
  credits: fc.array(credit),
  notes: fc.dictionary(fc.constantFrom("en", "da", "ru"), fc.string(), { noNullPrototype: true }),
});
const turned = (value) =>
  Array.isArray(value)
    ? value.map(turned)
    : value && typeof value === "object"
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([name, part]) => [name, turned(part)]),
        )
      : value;

test("what was not touched is not sent, in whatever order its fields come out of the form", () => {
  fc.assert(fc.property(albums, (album) => assert.deepEqual(changed(album, turned(album)), {})));
});

test("what is sent makes of the one the other", () => {
  fc.assert(
    fc.property(albums, albums, (before, after) => {
      const sent = changed(before, after);
      const made = { ...before, ...sent };
      for (const name of Object.keys(after)) assert.deepEqual(made[name], after[name]);
      for (const name of Object.keys(sent)) assert.notDeepEqual(before[name], after[name]);
    }),
  );
});

test("nothing and what is empty are the same, songs in another order are not", () => {
  assert.deepEqual(changed({ date: null, notes: undefined }, { date: "", notes: {} }), {});
  assert.deepEqual(changed({ tracks: [1, 2] }, { tracks: [2, 1] }), { tracks: [2, 1] });
});
