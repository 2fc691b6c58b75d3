// What is typed and not sent, as the page tells it to the server.
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import fc from "fast-check";
import { Clock, Server, settled } from "./fakes.js";
import * as hand from "../../src/magnitizdat/web/player/in_hand.js";

const clock = new Clock();
/** A server that keeps what it is told. */
const kept = new Map();
let server;
after(() => clock.restore());
beforeEach(() => {
  hand.forget();
  kept.clear();
  server = new Server({
    "GET api/in-hand": () => ({ places: Object.fromEntries(kept) }),
    "PUT api/in-hand": ({ place, value }) => {
      if (value === null) kept.delete(place);
      else kept.set(place, value);
      return {};
    },
  });
});

test("whatever is typed, left and thrown away in whatever order: what is flushed is what is found again", async () => {
  const step = fc.record({
    place: fc.constantFrom("edit/1", "write", "__proto__"),
    value: fc.option(fc.string(), { nil: null }),
    wait: fc.nat(600),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      hand.forget();
      kept.clear();
      const model = new Map();
      for (const { place, value, wait } of steps) {
        hand.keep(place, value);
        if (value === null) model.delete(place);
        else model.set(place, value);
        await clock.pass(wait);
      }
      await hand.flush();
      assert.deepEqual([...kept].sort(), [...model].sort());
    }),
    { numRuns: 60 },
  );
});

test("typing is told once it pauses, not letter by letter", async () => {
  for (const text of ["D", "De", "Dear"]) hand.keep("write", text);
  await clock.pass(399);
  assert.equal(server.count("PUT api/in-hand"), 0);
  await clock.pass(1);
  assert.deepEqual(server.asked, [["PUT api/in-hand", { place: "write", value: "Dear" }]]);
});

test("a locked page holds nothing, tells nothing, and has it again when it is open", async () => {
  kept.set("write", "Dear");
  await hand.recall();
  hand.keep("edit/1", "half");
  hand.forget();
  await clock.pass(1000);
  assert.deepEqual(
    [hand.inHand("write"), hand.inHand("edit/1"), server.count("PUT api/in-hand")],
    [undefined, undefined, 0],
  );
  await hand.recall();
  assert.equal(hand.inHand("write"), "Dear");
});

test("a server that does not answer takes nothing from what is typed here", async () => {
  server.answers = {};
  await hand.recall();
  hand.keep("write", "Dear");
  await hand.flush();
  await settled();
  assert.equal(hand.inHand("write"), "Dear");
});
