// How many holders carry a label on.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isQuorum, majority, MOST } from "../../src/magnitizdat/web/player/quorum.js";

test("two must sign, one may be lost, whatever the numbers are", () => {
  fc.assert(
    fc.property(fc.integer({ min: -2, max: 40 }), fc.integer({ min: -2, max: 40 }), (need, of) => {
      assert.equal(isQuorum(need, of), need > 1 && of - need >= 1 && of <= MOST);
    }),
  );
  assert.ok(!isQuorum(NaN, 5) && !isQuorum(2.5, 5));
});

test("what is proposed is sound wherever anything is, and no two groups reach it apart", () => {
  for (let of = 3; of <= MOST; of += 1) {
    assert.ok(isQuorum(majority(of), of), String(of));
    assert.ok(2 * majority(of) > of);
  }
  assert.deepEqual([3, 4, 5, 7].map(majority), [2, 3, 3, 4]);
});
