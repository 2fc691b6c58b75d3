// A worker that hangs says nothing of it: the page asks, and gives it up once it was asked often enough in vain.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LinkedEngine } from "../../pocket/src/engine/link.js";
import { IN_VAIN } from "../../pocket/src/engine/pulse.js";
import { answerOn } from "../../pocket/src/engine/worker.js";

const SECRET = { words: "a b c d e f" };
const ignore = () => {};

/** A clock that goes when it is told to; how many wait on it. */
function handClock() {
  const waiting = new Set();
  const later = (then) => {
    const one = { then };
    waiting.add(one);
    return () => waiting.delete(one);
  };
  const strike = () => {
    for (const one of [...waiting]) if (waiting.delete(one)) one.then();
  };
  return { later, strike, waiting };
}

/** The page's end of a line whose other end says what it is told to; what it was told, and whether it was hung up. */
function alone() {
  const clock = handClock();
  const line = { told: [], hung: 0, onmessage: null, postMessage: (message) => line.told.push(message.tell) };
  const engine = new LinkedEngine(line, () => (line.hung += 1), clock.later);
  const say = (data) => line.onmessage({ data });
  return { engine, line, say, ...clock };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** What a call came to, as far as it has: a kind of trouble, "done", or nothing yet. */
function watched(promise) {
  const seen = { came: null };
  promise.then(
    () => (seen.came = "done"),
    ({ kind, sentence }) => (seen.came = `${kind} ${sentence.key}`),
  );
  return seen;
}

const SIGNS = {
  here: { tell: "here" },
  progress: { tell: "progress", call: 1, doing: "progress.words", done: 1, total: 100 },
  asks: { tell: "ask", question: 1, call: 1, at: 9, offset: 0, length: 1 },
};

test("it is given up when it was asked so often in a row and said nothing, and for nothing else", async () => {
  const steps = fc.array(
    fc.oneof({ weight: 6, arbitrary: fc.constant("strike") }, fc.constantFrom(...Object.keys(SIGNS))),
    {
      maxLength: 60,
    },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const { engine, line, say, strike } = alone();
      const opening = watched(engine.open([], SECRET, ignore));
      let [silent, lost] = [0, false];
      for (const step of taken) {
        if (step === "strike") {
          strike();
          lost ||= silent === IN_VAIN;
          silent += 1;
        } else if (!lost) {
          say(SIGNS[step]);
          silent = 0;
        }
      }
      await settled();
      assert.equal(opening.came, lost ? "UnsupportedError trouble.crashed" : null);
      assert.equal(line.hung, Number(lost));
      engine.forget();
    }),
  );
});

test("nobody is asked where nothing is awaited", async () => {
  const { engine, line, say, strike, waiting } = alone();
  assert.equal(waiting.size, 0);
  const opening = watched(engine.open([], SECRET, ignore));
  assert.equal(waiting.size, 1);
  strike();
  say({ tell: "done", call: 1, catalogue: null });
  assert.equal(waiting.size, 0);
  const control = new AbortController();
  const reading = watched(engine.read({}, ignore, undefined, control.signal));
  assert.equal(waiting.size, 1);
  control.abort();
  assert.equal(waiting.size, 0);
  await settled();
  assert.deepEqual([opening.came, reading.came], ["done", "Stopped trouble.stopped"]);
  assert.deepEqual(line.told, ["open", "hail", "read", "stop"]);
});

test("what was given up says so of whatever is asked of it later, and hears nothing", async () => {
  const { engine, line, say, strike, waiting } = alone();
  const opening = watched(engine.open([], SECRET, ignore));
  for (let count = 0; count <= IN_VAIN; count += 1) strike();
  const reading = watched(engine.read({}, ignore));
  say({ tell: "done", call: 1, catalogue: null });
  engine.forget();
  await settled();
  assert.deepEqual([opening.came, reading.came], Array(2).fill("UnsupportedError trouble.crashed"));
  assert.deepEqual([waiting.size, line.hung], [0, 1]);
});

test("what was told to forget is asked no more", () => {
  const { engine, waiting } = alone();
  watched(engine.open([], SECRET, ignore));
  engine.forget();
  assert.equal(waiting.size, 0);
});

test("a worker that is there says so", async () => {
  const { port1, port2 } = new MessageChannel();
  const clock = handClock();
  answerOn(port2);
  const engine = new LinkedEngine(port1, () => port1.close(), clock.later);
  const heard = [];
  const opening = engine.open([{ path: "slow.age", length: 9, readAt: () => new Promise(ignore) }], SECRET, ignore);
  const { onmessage } = port1;
  await new Promise((resolve) => {
    port1.onmessage = (event) => {
      heard.push(event.data.tell);
      onmessage(event);
      if (event.data.tell === "here") resolve();
    };
    clock.strike();
  });
  assert.ok(heard.includes("here"));
  engine.forget();
  await assert.rejects(opening, ({ kind }) => kind === "Stopped");
});
