// Archives: what is written is read, and nothing that two programs could read in two ways is taken.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BytesReader } from "../../pocket/src/core/bytes.js";
import { crc32 } from "../../pocket/src/core/crc32.js";
import { readMember, readTable } from "../../pocket/src/core/zip.js";
import { end, sumOf, zip } from "./making.js";

const names = fc.stringMatching(/^[a-z0-9][a-z0-9._+-]{0,12}$/).filter((name) => name !== "pad");
const members = fc
  .uniqueArray(fc.tuple(names, fc.uint8Array({ maxLength: 200 })), { selector: ([name]) => name, maxLength: 8 })
  .map((all) => all.map(([name, bytes]) => [name, Buffer.from(bytes)]));
const filled = members.filter((all) => all.length > 0);
const at = (all, number) => number % all.length;

const tableOf = (bytes) => readTable(new BytesReader(new Uint8Array(bytes)));
const isDamaged = (error) => error.kind === "DamagedError";

test("what was written is read, in its order and without padding", async () => {
  await fc.assert(
    fc.asyncProperty(members, fc.nat(300), async (all, padding) => {
      const bytes = new BytesReader(new Uint8Array(zip([...all, ["pad", Buffer.alloc(padding)]])));
      const table = await readTable(bytes);
      assert.deepEqual(
        table.map(({ name }) => name),
        all.map(([name]) => name),
      );
      for (const [number, member] of table.entries()) {
        assert.deepEqual(Buffer.from(await readMember(bytes, member)), all[number][1]);
      }
    }),
  );
});

test("a cut file, and one with something before or behind it, is refused", async () => {
  await fc.assert(
    fc.asyncProperty(members, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 40 }), async (all, cut, more) => {
      const bytes = zip(all);
      await assert.rejects(tableOf(bytes.subarray(0, cut % bytes.length)), isDamaged);
      await assert.rejects(tableOf(Buffer.concat([more, bytes])), isDamaged);
      await assert.rejects(tableOf(Buffer.concat([bytes, more])), isDamaged);
    }),
  );
});

test("members that overlap or leave gaps are refused", async () => {
  await fc.assert(
    fc.asyncProperty(filled, fc.nat(), fc.integer({ min: -400, max: 400 }), async (all, which, moved) => {
      fc.pre(moved !== 0);
      const wrong = all[at(all, which)][0];
      const shift = (entry) => (entry.name === wrong ? { ...entry, offset: entry.offset + moved } : entry);
      const stretch = (entry) =>
        entry.name === wrong ? { ...entry, length: entry.length + moved, packed: entry.packed + moved } : entry;
      await assert.rejects(tableOf(zip(all, shift)), isDamaged);
      await assert.rejects(tableOf(zip(all, stretch)), isDamaged);
    }),
  );
});

test("a name that stands twice, as a file and a folder, or is odd, is refused", async () => {
  const odd = fc.constantFrom(
    "../up",
    "/top",
    "a//b",
    "A",
    "a\\b",
    "a/",
    "",
    "é",
    ".hidden",
    "a b",
    "a\0",
    "a".repeat(256),
  );
  await fc.assert(
    fc.asyncProperty(filled, fc.nat(), odd, async (all, which, name) => {
      const [known, bytes] = all[at(all, which)];
      await assert.rejects(tableOf(zip([...all, [known, bytes]])), isDamaged);
      await assert.rejects(tableOf(zip([...all, [`${known}/x`, bytes]])), isDamaged);
      await assert.rejects(tableOf(zip([...all, [name, bytes]])), isDamaged);
    }),
  );
});

test("what is packed, closed, linked, a folder or says more of itself is refused", async () => {
  const changes = fc.constantFrom(
    { method: 8 },
    { flags: 1 },
    { flags: 8 },
    { extra: 4 },
    { attributes: 0xa1ff0000 },
    { attributes: 0x41ed0010 },
    { attributes: 0x10 },
    { needs: 45 },
    { packed: 7_000_000 },
  );
  await fc.assert(
    fc.asyncProperty(filled, fc.nat(), changes, async (all, which, change) => {
      const wrong = all[at(all, which)][0];
      const changed = zip(all, (entry) => (entry.name === wrong ? { ...entry, ...change } : entry));
      await assert.rejects(tableOf(changed), isDamaged);
    }),
  );
});

test("members that changed places, or any bit of one, are not what the table says", async () => {
  await fc.assert(
    fc.asyncProperty(filled, fc.nat(), fc.nat(), async (all, which, bit) => {
      const bytes = zip(all);
      const table = await tableOf(bytes);
      const member = table[at(table, which)];
      const start = member.offset - 30 - member.name.length;
      const looked = [
        0,
        1,
        2,
        3,
        6,
        7,
        8,
        9,
        ...Array.from({ length: 16 + member.name.length }, (_, place) => 14 + place),
      ];
      const places = [
        ...looked,
        ...Array.from({ length: member.length }, (_, place) => 30 + member.name.length + place),
      ];
      bytes[start + places[bit % places.length]] ^= 1 << (bit % 8);
      await assert.rejects(readMember(new BytesReader(new Uint8Array(bytes)), member), isDamaged);
    }),
  );
});

test("how many there are is asked before any is read", async () => {
  const claims = Buffer.concat([Buffer.alloc(3_000_000), end(65_000, 3_000_000, 0)]);
  const asked = [];
  const source = new BytesReader(new Uint8Array(claims));
  const reads = [];
  const watched = {
    length: source.length,
    readAt: (offset, length) => (reads.push(length), source.readAt(offset, length)),
  };
  const refuse = (count) => {
    asked.push(count);
    throw new RangeError("too many");
  };
  await assert.rejects(readTable(watched, refuse), RangeError);
  assert.deepEqual([asked, reads], [[65_000], [22]]);
  await assert.rejects(tableOf(end(1, 0, 0)), isDamaged);
});

test("sums are those of another program", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (one, other) => {
      assert.equal(crc32(other, crc32(one)), sumOf(Buffer.concat([one, other])));
    }),
  );
});
