// The fragment: whatever stands in it, some view is shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import "./fakes.js";
import { go, here, route, turnOver, viewOf } from "../../src/magnitizdat/web/player/router.js";

for (const name of ["home", "albums", "album"]) route(name, async () => ({ name }));

test("who goes somewhere is there", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" })), (params) => {
      go("album", ...params);
      assert.deepEqual(here(), { name: "album", params });
    }),
  );
});

test("any fragment leads somewhere", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.stringMatching(/^#\/?(album|%|\/)*$/)), async (hash) => {
      location.hash = hash;
      assert.ok(await viewOf(here().name));
    }),
  );
  location.hash = "#/album/100%";
  assert.deepEqual(here(), { name: "album", params: ["100%"] });
  location.hash = "#/nowhere/7";
  assert.equal(here().name, "home");
});

test("the life of a view ends when the next begins", () => {
  const first = turnOver();
  const second = turnOver();
  assert.deepEqual([first.aborted, second.aborted], [true, false]);
});
