// What is made of the libraries' parts is what the libraries make of them: laws, and vectors of the RFCs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519, x25519 as whole } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 as hasher } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { encoded, hex } from "../../pocket/src/core/bytes.js";
import { Point, derived, x25519 } from "../../pocket/src/core/primitives.js";

const bytes = (length) => fc.uint8Array({ minLength: length, maxLength: length });
const scalar = fc.bigInt({ min: 0n, max: 2n ** 252n });
const unhex = (text) => Uint8Array.from(text.match(/../g), (each) => parseInt(each, 16));

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

test("points are read, added, multiplied and written as the library's own curve does it", () => {
  fc.assert(
    fc.property(scalar, bytes(32), fc.boolean(), (times, read, loose) => {
      const [ours, theirs] = [Point, ed25519.Point].map((Each) => {
        const multiple = Each.BASE.multiplyUnsafe(times);
        return [
          hex(multiple.toBytes()),
          hex(multiple.add(Each.BASE.negate()).toBytes()),
          outcome(() => Each.fromBytes(read, loose).toBytes()),
        ];
      });
      assert.deepEqual(ours, theirs);
    }),
    { numRuns: 60 },
  );
  assert.equal(Point.Fn.ORDER, ed25519.Point.Fn.ORDER);
  assert.equal(Point.Fp.ORDER, ed25519.Point.Fp.ORDER);
});
