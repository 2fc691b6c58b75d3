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
    "PUT api/in-hand": ({ places }) => {
      for (const [place, value] of Object.entries(places))
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

test("what is on its way when somebody locks is waited for", async () => {
  let goesOn = () => {};
  const held = new Promise((resolve) => (goesOn = resolve));
  const keep = server.answers["PUT api/in-hand"];
  server.answers["PUT api/in-hand"] = (told) => held.then(() => keep(told));
  hand.keep("write", "Dear");
  await clock.pass(400);
  let locked = false;
  const locking = hand.flush().then(() => (locked = true));
  await settled();
  assert.equal(locked, false);
  goesOn();
  await locking;
  assert.deepEqual([...kept], [["write", "Dear"]]);
});

test("typing is told once it pauses, not letter by letter", async () => {
  for (const text of ["D", "De", "Dear"]) hand.keep("write", text);
  await clock.pass(399);
  assert.equal(server.count("PUT api/in-hand"), 0);
  await clock.pass(1);
  assert.deepEqual(server.asked, [["PUT api/in-hand", { page: hand.page, places: { write: "Dear" }, left: false }]]);
});

test("the last words of a page have all that the server has perhaps not heard, in one, but for what is too long for them", async () => {
  const step = fc.record({
    place: fc.constantFrom("a", "b", "c"),
    length: fc.constantFrom(1, 20_000, 40_000),
    wait: fc.nat(600),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      hand.forget();
      kept.clear();
      const model = new Map();
      for (const { place, length, wait } of steps) {
        model.set(place, `${model.size}${"я".repeat(length)}`);
        hand.keep(place, model.get(place));
        await clock.pass(wait);
      }
      server.asked.length = 0;
      await hand.leave();
      const last = server.asked.at(-1)[1];
      assert.deepEqual(
        [last.left, last.page, server.asked.filter(([, { left }]) => left).length],
        [true, hand.page, 1],
      );
      assert.ok(new Blob([JSON.stringify(last.places)]).size <= 64_000);
      await settled();
      assert.deepEqual([...kept].sort(), [...model].sort());
    }),
    { numRuns: 60 },
  );
});

test("what was told and not yet heard is among the last words", async () => {
  hand.keep("write", "Dear");
  await clock.pass(400);
  server.answers["PUT api/in-hand"] = () => new Promise(() => {});
  hand.keep("write", "Dear N");
  await clock.pass(400);
  hand.leave();
  assert.deepEqual(server.asked.at(-1)[1], { page: hand.page, places: { write: "Dear N" }, left: true });
});

test("whoever stays after all speaks as another page, which the history knows before anything more is said", async () => {
  hand.keep("write", "Dear");
  await hand.leave();
  const before = hand.page;
  assert.ok(hand.isOver());
  hand.keep("nothing", null);
  assert.ok(hand.isOver());
  history.state = { visit: "1" };
  hand.keep("write", "Dear N");
  assert.deepEqual([hand.isOver(), history.state], [false, { visit: "1", page: hand.page }]);
  assert.notEqual(hand.page, before);
  await hand.leave();
  assert.deepEqual(
    server.asked.map(([, { page, places, left }]) => [page, places.write, left]),
    [
      [before, "Dear", true],
      [hand.page, "Dear N", true],
    ],
  );
});

test("a page asks after the last words of the one whose place it took, once, and a locked one does not", async () => {
  for (const locked of [false, true]) {
    history.state = { page: "one-before" };
    const next = await import(`../../src/magnitizdat/web/player/in_hand.js?${locked}`);
    history.state = null;
    const asked = "GET api/in-hand?after=one-before";
    server.answers[asked] = { places: { write: "Dear" } };
    if (locked) next.forget();
    await next.recall();
    if (!locked) assert.equal(next.inHand("write"), "Dear");
    await next.recall();
  }
  assert.equal(server.count("GET api/in-hand?after=one-before"), 1);
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
