// A ZIP of plain files: one length known before, members as they were given, nothing written that is not planned.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { crc32 } from "../../pocket/src/core/crc32.js";
import { MAX_LENGTH } from "../../pocket/src/core/zip.js";
import { writeZip, zipLength } from "../../pocket/src/core/zip_write.js";
import { isKind } from "../../pocket/src/core/trouble.js";

/** Keeps what is written. */
function memory() {
  const parts = [];
  const hold = (bytes) => {
    const at = parts.push(Uint8Array.from(bytes)) - 1;
    return (final) => parts[at].set(final);
  };
  return { parts, hold, write: (bytes) => void hold(bytes), whole: () => Uint8Array.from(Buffer.concat(parts)) };
}

const members = fc.array(
  fc.record({ name: fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }), parts: fc.array(fc.uint8Array()) }),
  { maxLength: 6 },
);
const planned = (all) => all.map(({ name, parts }) => ({ name, length: parts.reduce((sum, p) => sum + p.length, 0) }));

test("a ZIP is as long as was said, and each member stands where the directory says, with its sum", async () => {
  await fc.assert(
    fc.asyncProperty(members, async (all) => {
      const sink = memory();
      await writeZip(planned(all), sink, async (at, write) => {
        for (const part of all[at].parts) write(part);
      });
      const whole = sink.whole();
      assert.equal(whole.length, zipLength(planned(all)));
      const view = new DataView(whole.buffer);
      assert.equal(view.getUint16(whole.length - 12, true), all.length);
      let at = view.getUint32(whole.length - 6, true);
      for (const { name, parts } of all) {
        const [sum, length, named, offset] = [16, 24, 28, 42].map((place) =>
          place === 28 ? view.getUint16(at + 28, true) : view.getUint32(at + place, true),
        );
        assert.equal(
          new TextDecoder("utf-8", { ignoreBOM: true }).decode(whole.subarray(at + 46, at + 46 + named)),
          name,
        );
        assert.deepEqual(whole.subarray(offset + 4, offset + 30), whole.subarray(at + 6, at + 32));
        const content = Buffer.concat(parts);
        const begin = offset + 30 + named;
        assert.deepEqual(Buffer.from(whole.subarray(begin, begin + length)), content);
        assert.equal(sum, crc32(content));
        at += 46 + named;
      }
      assert.equal(at, whole.length - 22);
    }),
  );
});

test("a member that is longer or shorter than was said ends the ZIP, and what is too much is not written", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(40), fc.nat(40), async (said, brought) => {
      fc.pre(said !== brought);
      const sink = memory();
      const made = writeZip([{ name: "a", length: said }], sink, async (_at, write) => write(new Uint8Array(brought)));
      await assert.rejects(made, (error) => isKind(error, "DamagedError"));
      assert.ok(sink.whole().length <= 31 + said);
    }),
  );
});

test("nothing is written of a ZIP that has no room for all", async () => {
  const length = MAX_LENGTH - zipLength([{ name: "a", length: 0 }]);
  for (const plan of [
    [{ name: "a", length: length + 1 }],
    Array.from({ length: 65_535 }, (_, at) => ({ name: `${at}`, length: 0 })),
  ]) {
    const sink = memory();
    await assert.rejects(
      writeZip(plan, sink, () => Promise.reject(new Error("asked for bytes"))),
      (error) => isKind(error, "OverBudgetError"),
    );
    assert.equal(sink.parts.length, 0);
  }
  assert.equal(zipLength([{ name: "a", length }]), MAX_LENGTH);
});
