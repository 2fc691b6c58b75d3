// Page and worker: what the engine says beside the page comes over the line as it is, bytes and troubles too.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import english from "../../pocket/src/i18n/en.js";
import { ReelEngine } from "../../pocket/src/engine/engine.js";
import { LinkedEngine } from "../../pocket/src/engine/link.js";
import { slicedEngine } from "../../pocket/src/engine/slices.js";
import { answerOn } from "../../pocket/src/engine/worker.js";
import { OWNER, PIECE, blobPath, cut, membersOf, signed } from "./cutting.js";
import { Given } from "./making.js";

const SECRET = { identity: OWNER.text };
const kind = (wanted) => (error) => error.kind === wanted && typeof error.sentence.key === "string";
const MUSIC = Buffer.alloc(2 * PIECE + 9, "music");
const reel = () => cut(membersOf(blobPath(MUSIC), MUSIC));
const ignore = () => {};

/** An engine at the other end of a line, and what hung up. */
function linked() {
  const { port1, port2 } = new MessageChannel();
  const hung = new Promise((resolve) => {
    answerOn(port2);
    const hangUp = () => (port1.close(), resolve("hung up"));
    linked.engine = new LinkedEngine(port1, hangUp);
  });
  return { engine: linked.engine, hung };
}

/** The same work with each of the three ways to have an engine. */
async function withEach(use) {
  const bare = () => new ReelEngine({ sliceMs: 1 });
  for (const make of [bare, slicedEngine, () => linked().engine]) {
    const engine = make();
    try {
      await use(engine, make === bare);
    } finally {
      engine.forget();
    }
  }
}

test("the same comes from a worker, from slices and from the engine itself", async () => {
  await withEach(async (engine) => {
    const steps = [];
    const catalogue = await engine.open(reel(), SECRET, (...step) => steps.push(step));
    assert.equal(catalogue.segments, 2);
    assert.ok(steps.some(([doing]) => doing === "progress.opening"));
    const chunks = [];
    const progress = [];
    await engine.read(
      signed(MUSIC),
      (bytes) => chunks.push(bytes),
      (...step) => progress.push(step),
    );
    assert.ok(Buffer.concat(chunks).equals(MUSIC));
    assert.deepEqual(progress.at(-1), ["progress.reading", MUSIC.length, MUSIC.length]);
  });
});

test("troubles keep their kind and their sentence", async () => {
  await withEach(async (engine) => {
    await assert.rejects(engine.open([], SECRET, ignore), kind("SourceError"));
    await assert.rejects(engine.open(reel(), { words: "a b c d e f" }, ignore), kind("NotMineError"));
    await engine.open(reel(), SECRET, ignore);
    await assert.rejects(engine.read({ ...signed(MUSIC), sha256: "cd".repeat(32) }, ignore), kind("NotFoundError"));
  });
});

test("a medium that is pulled out is told as such, before and while it is read", async () => {
  await withEach(async (engine, isBare) => {
    if (isBare) return; // the bare engine is given files that say so themselves
    const files = reel();
    await engine.open(files, SECRET, ignore);
    const pulled = () => Promise.reject(new DOMException("gone", "NotReadableError"));
    for (const file of files) file.readAt = pulled;
    await assert.rejects(engine.read(signed(MUSIC), ignore), kind("UnreachableError"));
    await assert.rejects(engine.open(files, SECRET, ignore), kind("UnreachableError"));
  });
});

test("several are read at once, and one that is stopped stops alone", async () => {
  await withEach(async (engine) => {
    await engine.open(reel(), SECRET, ignore);
    const control = new AbortController();
    const [one, other] = [[], []];
    const stopped = engine.read(
      signed(MUSIC),
      (bytes) => (one.push(bytes), control.abort()),
      undefined,
      control.signal,
    );
    const whole = engine.read(signed(MUSIC), (bytes) => other.push(bytes));
    await assert.rejects(stopped, kind("Stopped"));
    await whole;
    assert.equal(one.length, 1);
    assert.ok(Buffer.concat(other).equals(MUSIC));
    await assert.rejects(engine.read(signed(MUSIC), ignore, undefined, control.signal), kind("Stopped"));
  });
});

test("what was told to forget ends at once, and is dead", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(30), async (steps) => {
      const { engine, hung } = linked();
      let step = 0;
      const opening = engine.open(reel(), SECRET, () => {
        step += 1;
        if (step === steps) engine.forget();
      });
      const ended = await opening.then(ignore, (error) => error.kind);
      assert.ok(ended === undefined || ended === "Stopped");
      engine.forget();
      assert.equal(await hung, "hung up");
      await assert.rejects(engine.open(reel(), SECRET, ignore), kind("Stopped"));
      await assert.rejects(engine.read(signed(MUSIC), ignore), kind("Stopped"));
    }),
    { numRuns: 8 },
  );
});

test("keys are overwritten when it forgets", async () => {
  const engine = new ReelEngine({ sliceMs: 1 });
  await engine.open(reel(), SECRET, ignore);
  const keys = [...engine.opening.reel.segments.values()].map(({ fileKey }) => fileKey);
  assert.ok(keys.every((key) => key.some((byte) => byte)));
  engine.forget();
  assert.ok(keys.every((key) => key.every((byte) => byte === 0)));
});

test("bytes that were given are not taken away from whoever gave them", async () => {
  const { engine } = linked();
  const files = reel().map(({ path, bytes }) => new Given(path, new Uint8Array(bytes)));
  for (const file of files) file.readAt = async (offset, length) => file.bytes.subarray(offset, offset + length);
  await engine.open(files, SECRET, ignore);
  assert.ok(files.every(({ bytes }) => bytes.length > 0));
  engine.forget();
});

/** A line that remembers what came over it. */
function tapped(port, heard) {
  return {
    postMessage: (message, transfer) => port.postMessage(message, transfer),
    set onmessage(hear) {
      port.onmessage = (event) => (heard.push(event.data), hear(event));
    },
  };
}

/** What a message says beside numbers, the engine's own words, and bytes and papers that were verified. */
function foreignWords({ tell, doing, kind, sentence, catalogue, bytes, ...numbers }) {
  assert.ok(bytes === undefined || tell === "chunk");
  const said = [tell, kind].filter((each) => each !== undefined && !/^[A-Za-z]{1,32}$/.test(each));
  const keys = [doing, sentence?.key].filter((each) => each !== undefined && !(each in english));
  const values = [...Object.values(numbers), ...Object.values(sentence?.values ?? {})];
  return [...said, ...keys, ...values.filter((each) => typeof each !== "number")];
}

test("a worker says sentences of the page's own, whatever is in a reel", async () => {
  const damage = fc.array(fc.record({ file: fc.nat(1), at: fc.nat(), flip: fc.integer({ min: 1, max: 255 }) }));
  await fc.assert(
    fc.asyncProperty(damage, async (places) => {
      const files = reel().map(({ path, bytes }) => new Given(path, Uint8Array.from(bytes)));
      for (const { file, at, flip } of places) files[file].bytes[at % files[file].bytes.length] ^= flip;
      const { port1, port2 } = new MessageChannel();
      const heard = [];
      answerOn(port2);
      const engine = new LinkedEngine(tapped(port1, heard), () => port1.close());
      await engine.open(files, SECRET, ignore).then(() => engine.read(signed(MUSIC), ignore).catch(ignore), ignore);
      assert.ok(heard.length > 1);
      assert.deepEqual(heard.flatMap(foreignWords), []);
      engine.forget();
      port1.close();
    }),
    { numRuns: 25 },
  );
});
