// Where cells lie, and which of them exist.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { height, near, placed, shaped } from "../../src/magnitizdat/web/player/ui/layout.js";

const wishes = fc.record({
  least: fc.integer({ min: 40, max: 400 }),
  foot: fc.integer({ min: 20, max: 80 }),
  gap: fc.integer({ min: 0, max: 40 }),
  square: fc.boolean(),
});
const lists = fc.record({
  width: fc.integer({ min: 100, max: 4000 }),
  wish: wishes,
  total: fc.nat(20_000),
  above: fc.integer({ min: -5000, max: 500_000 }),
  high: fc.integer({ min: 1, max: 3000 }),
});
const close = (one, other) => assert.ok(Math.abs(one - other) < 1e-6, `${one} is not ${other}`);

test("every cell that the window shows exists, and few others do", () => {
  fc.assert(
    fc.property(lists, ({ width, wish, total, above, high }) => {
      const shape = shaped(width, wish);
      const { from, to } = near(shape, total, above, high);
      const exists = (index) => index >= from && index < to;
      for (const index of [0, total - 1, from - 1, from, to - 1, to].filter((index) => index >= 0 && index < total)) {
        const { top } = placed(shape, index);
        if (top < above + high && top + shape.down > above) assert.ok(exists(index), `${index} of ${from} to ${to}`);
      }
      assert.ok(to - from <= (Math.ceil(high / shape.down) + 7) * shape.columns);
      assert.ok(to <= total);
    }),
  );
});

test("cells fill the width, and the list ends below its last one", () => {
  fc.assert(
    fc.property(lists, ({ width, wish, total }) => {
      const shape = shaped(width, wish);
      const last = placed(shape, shape.columns - 1);
      close(last.start + shape.across, width);
      const { start, top } = placed(shape, shape.columns);
      close(start, 0);
      close(top, shape.down);
      if (total) close(placed(shape, total - 1).top + shape.down, height(shape, total));
      assert.equal(height(shape, 0), 0);
    }),
  );
});

test("columns are as narrow as was wished, but for two of squares on a phone", () => {
  fc.assert(
    fc.property(lists, ({ width, wish }) => {
      const { columns, across } = shaped(width, wish);
      if (wish.square && columns > 2) assert.ok(across >= wish.least - 1e-9);
      if (wish.square) assert.ok(columns >= 2);
      else assert.ok(columns === 1 || columns * wish.least <= width);
    }),
  );
});
