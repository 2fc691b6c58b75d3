// All C2SP/CCTV vectors of age v1: whole, in odd ranges, backwards, and chunk by chunk with the file key alone.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { openSealed } from "../../pocket/src/core/age.js";
import { readHeaderOf, verifyMac } from "../../pocket/src/core/age_header.js";
import { ScryptIdentity, parseIdentity } from "../../pocket/src/core/age_keys.js";
import { CHUNK, openStream } from "../../pocket/src/core/age_stream.js";
import { BytesReader, joined } from "../../pocket/src/core/bytes.js";
import { Trouble } from "../../pocket/src/core/trouble.js";
import { noVectors, vectors } from "./vectors.js";

const POST_QUANTUM = "AGE-SECRET-KEY-PQ-1";
/** Kinds of trouble by what a vector expects; those of the Python reader. */
const REFUSED = {
  "no match": ["NotMineError", "WrongPassphraseError"],
  "HMAC failure": ["DamagedError"],
  "header failure": ["DamagedError", "OverBudgetError"],
  "payload failure": ["DamagedError"],
};
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const tried = (vector) => [
  ...vector.identities.map(parseIdentity),
  ...vector.passphrases.map((each) => new ScryptIdentity(each)),
];
const opened = (vector) => openSealed(new BytesReader(vector.sealed), tried(vector));

async function whole(vector) {
  const stream = await opened(vector);
  return stream.readAt(0, stream.length + 1);
}

async function oddRanges(vector) {
  const stream = await opened(vector);
  const steps = [1, 13, 4093, CHUNK - 1, CHUNK + 1, 3 * CHUNK - 7];
  const parts = [];
  for (let offset = 0; offset < stream.length; offset += parts.at(-1).length) {
    parts.push(await stream.readAt(offset, steps[parts.length % steps.length]));
  }
  return joined(parts);
}

async function backwards(vector) {
  const stream = await opened(vector);
  const step = 50_021;
  const parts = [];
  for (let at = Math.ceil(stream.length / step) - 1; at >= 0; at -= 1) parts.push(await stream.readAt(at * step, step));
  return joined(parts.reverse());
}

async function byFileKey(vector) {
  const source = new BytesReader(vector.sealed);
  await openSealed(source, tried(vector));
  const header = await readHeaderOf(source);
  verifyMac(header, vector.fileKey);
  const stream = await openStream(source, header.length, vector.fileKey);
  return stream.readAt(0, stream.length);
}

/** By design no way to open it, and the kind of trouble that says so. */
function notForUs(vector) {
  if (vector.armored) return "armoured";
  return vector.identities.some((each) => each.startsWith(POST_QUANTUM)) ? "post-quantum" : null;
}

const refusal = (kinds) => (error) => {
  assert.ok(error instanceof Trouble, `${error?.stack}`);
  assert.ok(kinds.includes(error.kind), `${error.kind} is none of ${kinds}`);
  assert.match(error.sentence.key, /^trouble\./);
  return true;
};

for (const vector of vectors.filter((each) => !notForUs(each))) {
  for (const way of [whole, oddRanges, backwards, byFileKey]) {
    test(`${vector.name}, ${way.name}`, async () => {
      if (vector.expect === "success") assert.equal(sha256(await way(vector)), vector.payload);
      else await assert.rejects(way(vector), refusal(REFUSED[vector.expect]));
    });
  }
}

for (const vector of vectors.filter((each) => notForUs(each) === "armoured")) {
  test(`${vector.name}: a file wrapped as text is none that a reel has`, async () => {
    await assert.rejects(readHeaderOf(new BytesReader(vector.sealed)), (error) => {
      assert.deepEqual([error.kind, error.sentence.key], ["DamagedError", "trouble.damaged"]);
      return true;
    });
  });
}

for (const vector of vectors.filter((each) => notForUs(each) === "post-quantum")) {
  test(`${vector.name}: its key is of a kind that the page does not know, and a key that it knows opens nothing`, async () => {
    assert.throws(() => vector.identities.map(parseIdentity), refusal(["UnsupportedError"]));
    const known = vectors.find((each) => each.name === "x25519").identities.map(parseIdentity);
    const kinds = ["NotMineError", "DamagedError"];
    await assert.rejects(openSealed(new BytesReader(vector.sealed), known), refusal(kinds));
  });
}

test("wrapped files are the same ones inside, and are opened without their wrapping", { skip: noVectors }, async () => {
  const inside = vectors.filter((each) => notForUs(each) === "armoured" && each.expect === "success");
  for (const vector of inside.filter(({ identities }) => !identities.some((each) => each.startsWith(POST_QUANTUM)))) {
    const lines = Buffer.from(vector.sealed).toString().trim().split(/\r?\n/).slice(1, -1);
    const bare = { ...vector, sealed: new Uint8Array(Buffer.from(lines.join(""), "base64")) };
    assert.equal(sha256(await whole(bare)), vector.payload, vector.name);
  }
  assert.ok(inside.length > 5);
});

test("before a payload fails, at most what may be released was read", { skip: noVectors }, async () => {
  const failing = vectors.filter((each) => !notForUs(each) && each.expect === "payload failure" && each.payload);
  const less = [];
  for (const vector of failing) {
    const parts = [];
    await assert.rejects(
      async () => {
        const stream = await opened(vector);
        for (let at = 0; ; at += CHUNK) parts.push(await stream.readAt(at, CHUNK));
      },
      refusal(["DamagedError"]),
    );
    if (parts.length && sha256(joined(parts)) !== vector.payload) less.push([vector.name, parts.length]);
  }
  // Whoever streams releases a last chunk before it sees that more follows; here it is none, for it is not at the end.
  assert.deepEqual(less, [["stream_two_final_chunks_second", 1]]);
  assert.ok(failing.length > 5);
});

test("all are here", { skip: noVectors }, () => {
  const kinds = vectors.map(notForUs);
  assert.equal(vectors.length, 143);
  assert.deepEqual(
    ["armoured", "post-quantum", null].map((kind) => kinds.filter((each) => each === kind).length),
    [33, 18, 92],
  );
});
