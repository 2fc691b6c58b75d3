// Digests: of bytes at once and piece by piece, by the browser and by the page's own copy, the same as another program's.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { digestOf, wholeDigest } from "../../pocket/src/core/digests.js";
import { hex } from "../../pocket/src/core/bytes.js";

const parts = fc.array(fc.uint8Array({ maxLength: 70_000 }), { maxLength: 5 });
const wanted = (bytes) => crypto.createHash("sha256").update(bytes).digest("hex");

/** What `work` says with the browser's digests, and without, as on a page that came over plain HTTP. */
async function bothWays(work) {
  const said = [await work()];
  const { subtle } = globalThis.crypto;
  Object.defineProperty(globalThis.crypto, "subtle", { value: undefined, configurable: true });
  try {
    said.push(await work());
  } finally {
    delete globalThis.crypto.subtle;
  }
  assert.equal(globalThis.crypto.subtle, subtle);
  return said;
}

test("whoever makes it and however the bytes come, it is the same", async () => {
  await fc.assert(
    fc.asyncProperty(parts, fc.boolean(), async (all, long) => {
      const bytes = Buffer.concat(all);
      const once = await bothWays(() => digestOf(new Uint8Array(bytes)));
      const bitByBit = await bothWays(async () => {
        const whole = wholeDigest(long ? 2 ** 40 : bytes.length);
        for (const part of all) await whole.add(part, async () => {});
        return hex(await whole.digest());
      });
      assert.deepEqual([...new Set([...once, ...bitByBit])], [wanted(bytes)]);
    }),
    { numRuns: 30 },
  );
});
