// Covers without a browser: what is on the screen is read before what is near it, one after the other, and what left both is not read at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Trouble } from "../../pocket/src/core/trouble.js";
import { Covers } from "../../pocket/src/page/covers.js";

/** What the last Covers watches with, in the order in which a browser tells them. */
let eyes = [];
globalThis.IntersectionObserver = class {
  constructor(tell, { rootMargin } = {}) {
    Object.assign(this, { tell, isWide: Boolean(rootMargin), watched: new Set() });
    eyes.push(this);
  }
  observe = (square) => void this.watched.add(square);
  unobserve = (square) => void this.watched.delete(square);
  disconnect = () => this.watched.clear();
};
globalThis.document = {
  createElement: () => ({ append() {}, setAttribute() {}, replaceChildren() {} }),
};

async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Squares of `count` covers in a column, of which the engine reads one when it is told to. */
function column(count) {
  eyes = [];
  const life = new AbortController();
  const read = [];
  const waiting = [];
  const engine = {
    read: async (file) => {
      read.push(Number(file.sha256));
      await new Promise((resolve) => waiting.push(resolve));
      throw new Trouble("DamagedError", { key: "trouble.damaged" });
    },
  };
  const covers = new Covers(engine, life.signal);
  const cover = (number) => ({ sha256: String(number), length: 1, mediaType: "image/png", here: true });
  const squares = Array.from({ length: count }, (_, number) => covers.frame({ id: "0", cover: cover(number) }));
  let before = [];
  /** Shows rows `from` to `to`; three more on both sides are near. */
  const scroll = (from, to) => {
    const now = [false, true].map((isWide) => {
      const [first, last] = isWide ? [from - 3, to + 3] : [from, to];
      return squares.map((_, at) => at >= first && at < last);
    });
    for (const eye of eyes) {
      const [was, is] = [before[Number(eye.isWide)] ?? [], now[Number(eye.isWide)]];
      const seen = squares.flatMap((target, at) =>
        Boolean(was[at]) === is[at] ? [] : [{ target, isIntersecting: is[at] }],
      );
      eye.tell(seen.filter(({ target }) => eye.watched.has(target)));
    }
    before = now;
  };
  const step = async () => {
    waiting.shift()?.();
    await settled();
  };
  return { covers, life, read, scroll, squares, step, waiting };
}

test("two at once; and of those that wait, what is on the screen comes first, wherever one scrolls to", async () => {
  const moves = fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 6 }), fc.nat(4)), {
    minLength: 1,
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(moves, async (all) => {
      const { read, scroll, step, waiting } = column(36);
      for (const [from, rows, steps] of all) {
        scroll(from, from + rows);
        const [isSeen, isNear] = [0, 3].map((more) => (row) => row >= from - more && row < from + rows + more);
        for (let at = 0; at < steps; at += 1) {
          const known = read.length;
          const unread = Array.from({ length: 36 }, (_, row) => row).filter((row) => !read.includes(row));
          await step();
          for (const row of read.slice(known)) {
            assert.ok(isNear(row), `${row} is far`);
            assert.ok(isSeen(row) || !unread.some((other) => isSeen(other) && !read.includes(other)), `${row} before`);
          }
          assert.ok(waiting.length <= 2);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("nothing is read for what the page let go of, and nothing after its end", async () => {
  const { covers, life, read, scroll, squares, step } = column(12);
  scroll(0, 6);
  covers.forget({ querySelectorAll: () => squares.slice(2, 6) });
  await step();
  await step();
  assert.ok(!read.some((row) => row >= 2 && row < 6));
  const known = read.length;
  life.abort();
  scroll(8, 12);
  await step();
  assert.ok(read.length <= known + 1, "what was wanted before");
  assert.ok(eyes.every(({ watched }) => watched.size === 0));
});
