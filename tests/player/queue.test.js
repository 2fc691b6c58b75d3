// The queue against a plain list of songs that remember where they were put.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { song } from "./fakes.js";
import { Queue, moved } from "../../src/magnitizdat/web/player/queue.js";

const SONGS = ["a", "b", "c"].map((id) => song(id)); // the same song may stand in a queue many times
const songs = fc.array(fc.constantFrom(...SONGS), { maxLength: 6 });
const ids = (list) => list.map(({ id }) => id);

/** A queue with a place marked in it: which songs they are, and which one plays. */
const queues = fc
  .tuple(fc.array(fc.constantFrom(...SONGS), { minLength: 1, maxLength: 8 }), fc.nat(7))
  .map(([all, at]) => {
    const queue = new Queue();
    queue.fill(all, at);
    return queue;
  });

/** The songs as they stand, each one told from its doubles by a number; `put` does the same to both. */
function marked(queue) {
  const marks = queue.songs.map((each, number) => ({ ...each, number }));
  return { marks, playing: marks[queue.index] };
}

test("one song plays, wherever others are put, moved or taken out", () => {
  const step = fc.oneof(
    fc.record({ does: fc.constant("add"), songs, next: fc.boolean() }),
    fc.record({ does: fc.constant("move"), from: fc.nat(9), to: fc.integer({ min: -1, max: 9 }) }),
    fc.record({ does: fc.constant("take"), from: fc.nat(9) }),
    fc.record({ does: fc.constant("shuffle") }),
  );
  fc.assert(
    fc.property(queues, fc.array(step, { maxLength: 12 }), (queue, steps) => {
      for (const { does, from = 0, to, songs, next } of steps) {
        const { marks, playing } = marked(queue);
        queue.songs = marks;
        if (from >= marks.length) continue;
        if (does === "add") queue.add(songs, next);
        else if (does === "move") queue.move(from, to);
        else if (does === "shuffle") queue.shuffle();
        else if (from !== queue.index) queue.take(from);
        assert.equal(queue.song, playing, does);
      }
    }),
  );
});

test("moving, mixing and repeating lose no song and make none", () => {
  fc.assert(
    fc.property(queues, fc.nat(9), fc.integer({ min: -2, max: 9 }), (queue, from, to) => {
      const before = ids(queue.songs).sort();
      if (from < queue.songs.length) queue.move(from, to);
      queue.shuffle();
      queue.turnRepeat();
      assert.deepEqual(ids(queue.songs).sort(), before);
    }),
  );
});

test("a mix leaves what was heard, and can come out in any order", () => {
  fc.assert(
    fc.property(queues, (queue) => {
      const heard = queue.songs.slice(0, queue.index + 1);
      queue.shuffle();
      assert.deepEqual(queue.songs.slice(0, queue.index + 1), heard);
    }),
  );
  const orders = new Set();
  for (let turn = 0; turn < 500; turn += 1) {
    const queue = new Queue();
    queue.fill([song("now"), ...SONGS]);
    queue.shuffle();
    orders.add(ids(queue.songs.slice(1)).join(""));
  }
  assert.equal(orders.size, 6);
});

test("what is moved away and back stands where it stood", () => {
  fc.assert(
    fc.property(queues, fc.nat(7), fc.nat(7), (queue, from, to) => {
      const last = queue.songs.length - 1;
      const before = queue.songs;
      const there = moved(before, Math.min(from, last), Math.min(to, last));
      assert.deepEqual(moved(there, Math.min(to, last), Math.min(from, last)), before);
    }),
  );
});

test("taking out the song that plays leaves the next in its place, at the end the one before, of the last nothing", () => {
  const queue = new Queue();
  queue.fill(SONGS, 1);
  queue.take(1);
  assert.equal(queue.song?.id, "c");
  queue.take(1);
  assert.equal(queue.song?.id, "a");
  queue.take(0);
  assert.equal(queue.song, null);
  assert.equal(queue.index, -1);
});

test("the same song twice is two: each is taken out, or stays, alone", () => {
  fc.assert(
    fc.property(queues, songs, fc.boolean(), fc.array(fc.nat(20)), (queue, more, next, places) => {
      queue.add(more, next);
      assert.equal(new Set(queue.songs).size, queue.songs.length);
      const playing = queue.song;
      const out = new Set(places.flatMap((at) => queue.songs[at] ?? []));
      const left = queue.songs.filter((each) => each === playing || !out.has(each));
      queue.takeAll(out);
      assert.deepEqual(queue.songs, left);
      assert.equal(queue.song, playing);
      queue.clear();
      assert.deepEqual(queue.songs, [playing]);
    }),
  );
});

test("next comes in order, and round again only where all is repeated", () => {
  fc.assert(
    fc.property(queues, (queue) => {
      const last = queue.index === queue.songs.length - 1;
      assert.equal(queue.following, last ? -1 : queue.index + 1);
      assert.equal(queue.upcoming, queue.following);
      queue.turnRepeat();
      assert.equal(queue.repeat, "all");
      assert.equal(queue.following, (queue.index + 1) % queue.songs.length);
      queue.turnRepeat();
      assert.equal(queue.repeat, "one");
      assert.equal(queue.upcoming, queue.index);
      queue.turnRepeat();
      assert.equal(queue.repeat, "off");
    }),
  );
});

test("however long it is, the song that plays is among what the server keeps", () => {
  fc.assert(
    fc.property(fc.nat(7000), fc.nat(7000), (length, at) => {
      const queue = new Queue();
      queue.fill(
        Array.from({ length }, (_each, number) => song(String(number))),
        at,
      );
      const { songs, current } = queue.kept();
      assert.equal(songs.length, Math.min(length, 2000));
      assert.equal(songs[current], queue.song?.id);
      assert.ok(current >= 0);
    }),
    { numRuns: 50 },
  );
});
