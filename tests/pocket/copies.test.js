// A reel that was chosen from two sticks: what one of them has damaged, or does not give, comes from the other.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Trouble } from "../../pocket/src/core/trouble.js";
import { Life } from "../../pocket/src/engine/life.js";
import { readFile } from "../../pocket/src/engine/reading.js";
import { OWNER, PIECE, blobPath, cut, membersOf, opened, signed } from "./cutting.js";
import { Given, seal, zip } from "./making.js";

const WORDS = "abandon ability able about above absent";
const runs = { numRuns: 10 };
const bytesOf = (length, number) => Buffer.alloc(length, `${number}:`);
const membersOfAll = (files) => files.flatMap((bytes) => membersOf(blobPath(bytes), bytes));

async function read(spool, bytes) {
  const chunks = [];
  const life = new Life(100);
  const progress = () => {};
  await readFile(spool, signed(bytes), (chunk) => chunks.push(chunk), progress, life);
  return Buffer.concat(chunks);
}

test("of a reel that lies on two sticks all is read that one of them has whole, and each file is told of once", async () => {
  const files = [bytesOf(PIECE + 4000, 1), bytesOf(6000, 2), bytesOf(200_000, 3)];
  const segments = cut(membersOfAll(files), { count: 3 });
  const place = fc.record({
    segment: fc.nat(2),
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    isGone: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(place, { maxLength: 5 }), fc.boolean(), async (places, isFirst) => {
      const copies = segments.map(({ path, bytes }) => new Given(path, Buffer.from(bytes)));
      for (const { segment, at, isGone } of places) {
        copies[segment].bytes[Math.floor(at * copies[segment].length)] ^= 1;
        if (isGone)
          copies[segment].readAt = () => Promise.reject(new Trouble("UnreachableError", { key: "trouble.gone" }));
      }
      const { opening, reel, spool, sorted } = await opened(
        isFirst ? [...segments, ...copies] : [...copies, ...segments],
      );
      for (const bytes of files) assert.ok((await read(spool, bytes)).equals(bytes));
      const once = await opened(segments);
      assert.equal(reel.members, once.reel.members);
      assert.deepEqual([opening.gone, sorted.gone, sorted.passedOver], [0, 0, 0]);
      const harmed = new Set(places.map(({ segment }) => segment)).size;
      // For somebody else is, as far as anybody can tell, what has another bit in its recipient.
      assert.ok(opening.unreadable + opening.foreign <= (isFirst ? 0 : harmed));
    }),
    runs,
  );
});

test("a file that the words open is taken from the copy that is whole, and copies use up no tries", async () => {
  const lock = (path, words) =>
    new Given(path, seal(zip([["identity.txt", Buffer.from(OWNER.text)]]), { words, factor: 1 }));
  const segments = cut(membersOfAll([bytesOf(10, 1)]));
  const again = ({ path, bytes }) => new Given(path, bytes);
  const [other, right] = [lock("a.age", "zoo"), lock("b.age", WORDS)];
  const harmed = new Given(right.path, Buffer.from(right.bytes));
  harmed.bytes[harmed.length - 20] ^= 1;
  const copies = Array.from({ length: 3 }, () => again(other));
  for (const files of [
    [harmed, right],
    [right, harmed],
    [other, ...copies, harmed, right],
  ]) {
    const { spool } = await opened([...files, ...segments], { words: WORDS });
    assert.ok((await read(spool, bytesOf(10, 1))).equals(bytesOf(10, 1)));
  }
  const wrong = [other, ...copies, again(other)];
  await assert.rejects(
    opened([...wrong, ...segments], { words: WORDS }),
    ({ kind }) => kind === "WrongPassphraseError",
  );
});

test("what a copy lists is counted once, and what claims to be a third one is no copy", async () => {
  const [segment] = cut([["a", Buffer.alloc(1)], ["b", Buffer.alloc(1)]], { count: 1 }); // prettier-ignore
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 7 }), async (count) => {
      const { reel } = await opened(Array.from({ length: count }, () => segment));
      assert.equal(reel.members, 2 * Math.ceil(count / 2));
    }),
    runs,
  );
});
