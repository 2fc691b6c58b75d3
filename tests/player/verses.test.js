// Layers of words beside each other.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { beside, chosen, sung } from "../../src/magnitizdat/web/player/verses.js";

const times = fc.option(fc.nat(20), { nil: null });
const layers = fc.array(times, { minLength: 1, maxLength: 8 }).chain((all) =>
  fc.record({
    language: fc.constantFrom("ru", "ru-Latn", "en", "da", "und"),
    kind: fc.constantFrom("original", "romanisation", "translation"),
    synced: fc.constant(all.every((time) => time !== null)),
    lines: fc.constant(all.map((at_ms, at) => ({ at_ms, text: `line ${at}` }))),
  }),
);

test("no line of a layer is lost: all stand beside the first layer's, or the layer stands apart", () => {
  fc.assert(
    fc.property(layers, layers, (lead, column) => {
      const found = beside(lead, column);
      if (found === null) return;
      assert.equal(found.length, lead.lines.length);
      assert.deepEqual(new Set(found.filter(Boolean)), new Set(column.lines));
    }),
  );
});

test("a layer stands beside itself, and beside one that leaves some of its timed lines out", () => {
  fc.assert(
    fc.property(layers, fc.uniqueArray(fc.nat(1000), { minLength: 2, maxLength: 8 }), (layer, ms) => {
      assert.deepEqual(beside(layer, layer), layer.lines);
      const lines = ms.sort((one, other) => one - other).map((at_ms) => ({ at_ms, text: "" }));
      const part = { ...layer, lines: lines.slice(1) };
      assert.deepEqual(beside({ ...layer, lines }, part), [undefined, ...part.lines]);
    }),
  );
});

test("one layer of each kind is shown, in the reader's language where there is one", () => {
  fc.assert(
    fc.property(fc.array(layers), fc.constantFrom("en", "da", "ru"), (found, reader) => {
      const shown = chosen(found, reader);
      assert.equal(new Set(shown.map(({ kind }) => kind)).size, shown.length);
      assert.equal(shown.length, new Set(found.map(({ kind }) => kind)).size);
      for (const { kind, language } of found)
        if (language === reader) assert.equal(shown.find((one) => one.kind === kind).language.slice(0, 2), reader);
    }),
  );
});

test("the line that is sung is the last whose time has come", () => {
  const lines = [null, 1000, null, 3000].map((at_ms) => ({ at_ms }));
  assert.deepEqual(
    [0, 1000, 2999, 3000, 9000].map((now) => sung(lines, now)),
    [-1, 1, 1, 3, 3],
  );
  assert.equal(sung([], 5), -1);
});
