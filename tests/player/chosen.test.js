// What is chosen against a plain list of its names.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Chosen, stretch } from "../../src/magnitizdat/web/player/chosen.js";

const thing = fc.record({
  kind: fc.constantFrom("album", "song", "playlist"),
  id: fc.constantFrom("a", "b", "c"),
  title: fc.constant("45"),
});
const named = ({ kind, id }) => `${kind} ${id}`;

test("what was ticked first comes first, once, until its tick is taken away", () => {
  const steps = fc.array(fc.record({ things: fc.array(thing, { maxLength: 5 }), on: fc.boolean() }), { maxLength: 12 });
  fc.assert(
    fc.property(steps, (all) => {
      const chosen = new Chosen();
      let plain = [];
      for (const { things, on } of all) {
        chosen.put(things, on);
        const names = things.map(named);
        plain = on ? [...new Set([...plain, ...names])] : plain.filter((name) => !names.includes(name));
      }
      assert.deepEqual(chosen.first().map(named), plain);
      assert.equal(chosen.size, plain.length);
      assert.ok(chosen.first().every(({ kind, id }) => chosen.has(kind, id)));
      const { albums, songs, playlists } = chosen.wish();
      assert.equal(albums.length + songs.length + playlists.length, plain.length);
      chosen.clear();
      assert.equal(chosen.size, 0);
    }),
  );
});

test("a song and an album of one id are two", () => {
  const chosen = new Chosen();
  chosen.put([
    { kind: "album", id: "a", title: "45" },
    { kind: "song", id: "a", title: "45" },
  ]);
  chosen.put([{ kind: "album", id: "a", title: "45" }], false);
  assert.deepEqual(chosen.wish(), { albums: [], songs: ["a"], playlists: [] });
});

test("a stretch is the same from both ends, and has both", () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(10_000), (one, other) => {
      const { from, to } = stretch(one, other);
      assert.deepEqual(stretch(other, one), { from, to });
      assert.ok(from <= one && one < to && from <= other && other < to);
      assert.equal(to - from, Math.abs(one - other) + 1);
    }),
  );
});
