// What an archive that broke off still holds: members by their own headers, with few questions to the medium.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BytesReader } from "../../pocket/src/core/bytes.js";
import { membersBeforeBreak } from "../../pocket/src/core/zip_salvage.js";
import { zip } from "./making.js";

const MOST = 20_000;

/** Counts what is asked of it. */
class Counting extends BytesReader {
  asked = 0;

  async readAt(offset, length) {
    this.asked += 1;
    return super.readAt(offset, length);
  }
}

const opened = (bytes) => new Counting(new Uint8Array(bytes));

test("wherever an archive breaks off, the members before that are found, in their order and with their bytes", async () => {
  const lengths = fc.array(fc.oneof(fc.nat(40), fc.integer({ min: 16_000, max: 17_000 })), {
    minLength: 1,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(lengths, fc.nat(), async (all, cut) => {
      const made = all.map((length, number) => [`${number}.age`, Buffer.alloc(length, number + 1)]);
      const bytes = zip(made);
      const kept = bytes.subarray(0, cut % bytes.length);
      const ends = made.map((_, number) =>
        made.slice(0, number + 1).reduce((sum, [name, content]) => sum + 30 + name.length + content.length, 0),
      );
      const whole = ends.filter((end) => end <= kept.length).length;
      const found = await membersBeforeBreak(opened(kept), MOST);
      assert.deepEqual(
        found?.map(({ name, offset, length }) => [name, kept.subarray(offset, offset + length)]),
        made.slice(0, whole),
      );
    }),
  );
});

test("an archive of thousands of names costs a question for hundreds of them", async () => {
  const bytes = zip(Array.from({ length: 5000 }, (_, number) => [`${number}.age`, Buffer.alloc(0)]));
  const source = opened(bytes.subarray(0, bytes.length - 1));
  assert.equal((await membersBeforeBreak(source, MOST))?.length, 5000);
  assert.ok(source.asked < 50, `${source.asked}`);
});
