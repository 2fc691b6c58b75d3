// Bytes as hex, as base64, compared and found: laws.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  BytesReader,
  Stretch,
  base64,
  hex,
  indexOf,
  joined,
  same,
  unbase64,
  unhex,
} from "../../pocket/src/core/bytes.js";

const bytes = fc.uint8Array({ maxLength: 200 });

test("what is written as hex or base64 is read again, as others write it", () => {
  fc.assert(
    fc.property(bytes, (raw) => {
      assert.equal(hex(raw), Buffer.from(raw).toString("hex"));
      assert.deepEqual(unhex(hex(raw).toUpperCase()), raw);
      assert.equal(base64(raw), Buffer.from(raw).toString("base64").replaceAll("=", ""));
      assert.deepEqual(unbase64(base64(raw)), raw);
    }),
  );
});

test("base64 that is not canonical is none, and hex that is none", () => {
  for (const text of ["A", "AB", "AAB", "AA==", "A A", "AA\n", "é", "AAAAA"]) assert.equal(unbase64(text), null, text);
  for (const text of ["a", "0g", "0x", " 00", "é0"]) assert.equal(unhex(text), null, text);
});

test("joined parts are the parts, and a stretch is a slice", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { maxLength: 5 }), fc.nat(900), fc.nat(900), async (parts, offset, length) => {
      const whole = joined(parts);
      assert.deepEqual(
        [...whole],
        parts.flatMap((part) => [...part]),
      );
      const stretch = new Stretch(new BytesReader(whole), 3, Math.max(0, whole.length - 5));
      const inside = whole.subarray(3, 3 + stretch.length);
      assert.deepEqual([...(await stretch.readAt(offset, length))], [...inside.subarray(offset, offset + length)]);
    }),
  );
});

test("a row of bytes is the same as itself alone, and is found where it stands", () => {
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      assert.equal(same(one, other), Buffer.compare(one, other) === 0);
      if (one.length) assert.equal(indexOf(other, one), Buffer.from(other).indexOf(Buffer.from(one)));
    }),
  );
});
