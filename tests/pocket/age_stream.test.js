// The payload of an age file, by where its bytes lie: laws, on files that node's own cryptography sealed.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { openSealed } from "../../pocket/src/core/age.js";
import { ScryptIdentity, parseIdentity } from "../../pocket/src/core/age_keys.js";
import { CHUNK, plainLength } from "../../pocket/src/core/age_stream.js";
import { BytesReader } from "../../pocket/src/core/bytes.js";
import { newIdentity, seal } from "./making.js";

const owner = newIdentity();
const other = newIdentity();
const LENGTHS = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7, 40 * CHUNK + 1];
const files = LENGTHS.map((length) => {
  const plain = randomBytes(length);
  return { plain, sealed: seal(plain, other, owner) };
});
const file = fc.constantFrom(...files);
const opened = (sealed) => openSealed(new BytesReader(new Uint8Array(sealed)), [parseIdentity(owner.text)]);
const isKind = (kind) => (error) => {
  assert.equal(error.kind, kind, `${error.stack}`);
  return true;
};

/** Keeps what was asked of it, and answers later, as a file does. */
class Watched extends BytesReader {
  asked = [];

  async readAt(offset, length) {
    this.asked.push([offset, length]);
    await new Promise(setImmediate);
    return super.readAt(offset, length);
  }
}

test("what is read is the slice, wherever it lies and whatever was read before", async () => {
  const place = fc.integer({ min: -10, max: 41 * CHUNK });
  const reads = fc.array(fc.tuple(place, fc.oneof(fc.nat(300), fc.nat(20 * CHUNK))), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(file, reads, async ({ plain, sealed }, wanted) => {
      const stream = await opened(sealed);
      assert.equal(stream.length, plain.length);
      for (const [offset, length] of wanted) {
        const slice = offset < 0 ? plain.subarray(0, 0) : plain.subarray(offset, offset + length);
        assert.equal(Buffer.compare(await stream.readAt(offset, length), slice), 0);
      }
    }),
    { numRuns: 60 },
  );
});

test("reads at the same time do not disturb each other", async () => {
  const { plain, sealed } = files.at(-1);
  const stream = await openSealed(new Watched(new Uint8Array(sealed)), [parseIdentity(owner.text)]);
  const places = Array.from({ length: 30 }, (_, at) => (at * 7919 * 13) % plain.length);
  const read = await Promise.all(places.map((at, number) => stream.readAt(at, number % 2 ? 100 : 3 * CHUNK)));
  read.forEach((bytes, number) => {
    const slice = plain.subarray(places[number], places[number] + (number % 2 ? 100 : 3 * CHUNK));
    assert.equal(Buffer.compare(bytes, slice), 0);
  });
});

test("of a file only its header, its last chunk and what is wanted are read", async () => {
  const { sealed } = files.at(-1);
  const source = new Watched(new Uint8Array(sealed));
  const stream = await openSealed(source, [parseIdentity(owner.text)]);
  await stream.readAt(5 * CHUNK + 3, 10);
  await stream.readAt(5 * CHUNK + 13, 100); // the chunk is kept
  const bytes = source.asked.reduce((sum, [, length]) => sum + length, 0);
  assert.deepEqual(source.asked.length, 4);
  assert.ok(bytes < 4096 + 16 + 2 * (CHUNK + 16), `${bytes}`);
});

test("one flipped bit anywhere is damage, or the file of nobody", async () => {
  const { sealed } = files[4];
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.length - 1), fc.nat(7), async (at, bit) => {
      const flipped = Uint8Array.from(sealed);
      flipped[at] ^= 1 << bit;
      await assert.rejects(
        async () => {
          const stream = await opened(flipped);
          await stream.readAt(0, stream.length);
        },
        (error) => ["DamagedError", "NotMineError"].includes(error.kind),
      );
    }),
    { numRuns: 300 },
  );
});

test("a file that is cut off anywhere does not open", async () => {
  const { sealed } = files[5];
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.length - 1), async (length) => {
      await assert.rejects(opened(sealed.subarray(0, length)), isKind("DamagedError"));
    }),
    { numRuns: 200 },
  );
});

test("a source that gives less than it has is damage", async () => {
  const { sealed } = files[5];
  const short = new Watched(new Uint8Array(sealed));
  const stream = await openSealed(short, [parseIdentity(owner.text)]);
  short.bytes = short.bytes.subarray(0, 2 * CHUNK);
  await assert.rejects(stream.readAt(CHUNK, CHUNK), isKind("DamagedError"));
});

test("a length of a payload says the length of its plaintext, or none", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 40), (length) => {
      const sealed = 16 + length + 16 * Math.max(1, Math.ceil(length / CHUNK));
      assert.equal(plainLength(sealed), length);
    }),
  );
  for (const length of [-1, 0, 16, 31, 32 + CHUNK + 1, 32 + CHUNK + 16]) {
    assert.throws(() => plainLength(length), isKind("DamagedError"), `${length}`);
  }
});

test("others have their turn after each chunk", async () => {
  const { sealed } = files.at(-1);
  let turns = 0;
  const pause = async () => void (turns += 1);
  const stream = await openSealed(new BytesReader(new Uint8Array(sealed)), [parseIdentity(owner.text)], pause);
  await stream.readAt(0, 20 * CHUNK);
  assert.equal(turns, 20);
});

test("what is forgotten is read no more, and its keys are zeros", async () => {
  const { sealed } = files[5];
  const key = parseIdentity(owner.text);
  const stream = await openSealed(new BytesReader(new Uint8Array(sealed)), [key]);
  const first = await stream.readAt(0, 10);
  stream.forget();
  key.forget();
  assert.equal((await stream.readAt(0, 10)).length, 0);
  assert.equal(first.length, 10);
  await assert.rejects(openSealed(new BytesReader(new Uint8Array(sealed)), [key]), isKind("NotMineError"));
});

test("words open at their work, tell how far they are, and cost no more than they may", async () => {
  const sealed = seal(Buffer.from("key"), { words: "six words", factor: 10 });
  const told = [];
  const words = new ScryptIdentity("six words", { progress: (part) => told.push(part) });
  const stream = await openSealed(new BytesReader(new Uint8Array(sealed)), [words]);
  assert.equal(Buffer.from(await stream.readAt(0, 3)).toString(), "key");
  assert.ok(told.length <= 101 && told.at(-1) === 1 && told.every((part, at) => !at || part > told[at - 1]));
  const most = new ScryptIdentity("six words", { workMost: 9 });
  await assert.rejects(openSealed(new BytesReader(new Uint8Array(sealed)), [most]), isKind("OverBudgetError"));
  const wrong = [new ScryptIdentity("other words"), new ScryptIdentity("six words")];
  assert.equal((await openSealed(new BytesReader(new Uint8Array(sealed)), wrong)).length, 3);
});

test("a key is taken from a line or from a file of age, and none of another kind", () => {
  const whole = `# created: 2026-11-30T10:00:00Z\r\n# public key: age1\r\n  ${owner.text}\r\n`;
  for (const text of [owner.text, whole]) assert.ok(parseIdentity(text));
  const other = [
    "AGE-SECRET-KEY-PQ-1QQQ",
    "AGE-PLUGIN-YUBIKEY-1QQQ",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "ssh-rsa A",
  ];
  for (const text of other) assert.throws(() => parseIdentity(text), isKind("UnsupportedError"), text);
  const none = [
    "",
    "six words",
    owner.text.toLowerCase(),
    owner.text.slice(0, -1),
    `${owner.text}Q`,
    "AGE-SECRET-KEY-1",
  ];
  for (const text of none) assert.throws(() => parseIdentity(text), isKind("DamagedError"), text);
});
