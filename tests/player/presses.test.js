// The key for danger: three presses within two seconds, and nothing less.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { presses } from "../../src/magnitizdat/web/player/presses.js";

test("it takes as many presses as were said within the time, and then as many again", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 20 }), (waits) => {
      const wanting = presses(3, 2000);
      const times = waits.map((_, at) => waits.slice(0, at + 1).reduce((sum, wait) => sum + wait, 0));
      let since = 0; // presses before it were used up
      times.forEach((now, at) => {
        const recent = times.slice(since, at + 1).filter((time) => now - time < 2000).length;
        assert.equal(wanting(now), 3 - recent);
        if (recent === 3) since = at + 1;
      });
    }),
  );
});
