// What is made of the libraries' parts is what the libraries make of them: laws, and vectors of the RFCs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519, x25519 as whole } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 as hasher } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { encoded, hex } from "../../pocket/src/core/bytes.js";
import { verifies } from "../../pocket/src/core/ed25519.js";
import { BASE, ORDER, PRIME, bytesOfPoint, combined, minus, plus, pointOf } from "../../pocket/src/core/edwards.js";
import { derived, x25519 } from "../../pocket/src/core/primitives.js";

const bytes = (length) => fc.uint8Array({ minLength: length, maxLength: length });
const scalar = fc.bigInt({ min: 0n, max: 2n ** 252n });
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (each) => parseInt(each, 16));

/** Key, message, signature: 7.1, tests 1 to 3. */
const RFC_8032 = [
  [
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
];

/** What it gives, or that it gives nothing. */
function outcome(ask) {
  try {
    return hex(ask());
  } catch {
    return "refused";
  }
}

test("keys of age are those of the library's own HKDF, with a salt and without", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), fc.string(), (secret, salt, info) => {
      assert.deepEqual(derived(secret, salt, info), hkdf(hasher, secret, salt, encoded(info), 32));
    }),
  );
  const secret = new Uint8Array(22).fill(0x0b); // RFC 5869, A.3
  const first = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d";
  assert.equal(hex(derived(secret, new Uint8Array(), "")), first);
});

test("X25519 agrees with the library's own, also on keys of small order, and on RFC 7748", () => {
  const odd = fc.constantFrom(...[0, 1, 0xff, 0xec, 0xed, 0xee].map((low) => Uint8Array.of(low, ...Array(31).fill(0))));
  fc.assert(
    fc.property(bytes(32), fc.oneof(bytes(32), odd), (secret, key) => {
      assert.equal(
        outcome(() => x25519.getSharedSecret(secret, key)),
        outcome(() => whole.getSharedSecret(secret, key)),
      );
      assert.deepEqual(x25519.scalarMult(secret, x25519.GuBytes), whole.getPublicKey(secret));
    }),
    { numRuns: 40 },
  );
  const secret = unhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
  const key = unhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"); // RFC 7748, 6.1
  assert.equal(
    hex(x25519.getSharedSecret(secret, key)),
    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
  );
});

/** Eight points of small order, the first of them the zero. */
const SMALL = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];
const Theirs = ed25519.Point;
const point = fc
  .tuple(scalar, fc.constantFrom(...SMALL))
  .map(([times, small]) => Theirs.BASE.multiplyUnsafe(times).add(Theirs.fromHex(small, true)).toBytes());

/** With the library's own curve. */
const there = (point) => Theirs.fromBytes(point, true);

test("points are added, turned and multiplied as the library's own curve does it, those of small order too", () => {
  fc.assert(
    fc.property(scalar, point, fc.oneof(scalar, fc.bigInt({ min: 0n, max: 9n })), point, (a, one, b, other) => {
      const [first, second] = [pointOf(one), pointOf(other)];
      const sum = there(one).multiplyUnsafe(a).add(there(other).multiplyUnsafe(b));
      assert.equal(hex(bytesOfPoint(combined(a, first, b, second))), sum.toHex());
      assert.equal(hex(bytesOfPoint(plus(first, minus(second)))), there(one).subtract(there(other)).toHex());
    }),
    { numRuns: 60 },
  );
  for (const one of SMALL.map(unhex))
    for (const other of SMALL.map(unhex))
      assert.equal(hex(bytesOfPoint(plus(pointOf(one), pointOf(other)))), there(one).add(there(other)).toHex());
  assert.equal(ORDER, Theirs.Fn.ORDER);
  assert.equal(PRIME, Theirs.Fp.ORDER);
  assert.equal(hex(bytesOfPoint(BASE)), hex(Theirs.BASE.toBytes()));
});

test("bytes name the point that they name for the library, and none where they name none", () => {
  const low = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 0x7f, 0x80, 0xff))
    .map(([first, last]) =>
      Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? first : at === 31 ? last : last & 0x7f ? 0xff : 0)),
    );
  fc.assert(
    fc.property(fc.oneof(bytes(32), low, point), (read) => {
      const found = pointOf(read);
      assert.equal(
        outcome(() => bytesOfPoint(found)),
        outcome(() => Theirs.fromBytes(read, true).toBytes()),
      );
    }),
    { numRuns: 400 },
  );
});

test("keys and signatures of RFC 8032 belong together, and with any bit changed they do not", () => {
  for (const [key, message, signature] of RFC_8032) {
    const parts = [unhex(key), unhex(message), unhex(signature)];
    assert.ok(verifies(...parts));
    for (const at of [0, 2])
      for (let bit = 0; bit < 8 * parts[at].length; bit += 5) {
        const changed = parts.map((each) => each.slice());
        changed[at][bit >> 3] ^= 1 << (bit & 7);
        assert.ok(!verifies(...changed), `${at}, ${bit}`);
      }
  }
});
