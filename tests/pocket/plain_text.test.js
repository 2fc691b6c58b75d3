// Text of others: cleaned in steps that grow with it and no faster, and words that stay as long as a song.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readLyrics } from "../../pocket/src/core/lyrics.js";
import { plainLines } from "../../pocket/src/core/plain_text.js";

test("nothing stands around a text, and all that stood in it is there", () => {
  const part = fc.constantFrom(" ", "\n", "\t", "\u3000", "a", "б", "\u2028");
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const found = plainLines(parts.join(""));
      assert.equal(found, found.trim());
      assert.equal(found.replace(/\s/g, ""), parts.join("").replace(/\s/g, ""));
    }),
  );
});

test("a text of blanks is cleaned too", () => {
  const blanks = " ".repeat(1_000_000);
  assert.equal(plainLines(`x${blanks}x`).length, 1_000_002);
});

test("a line under many times is not multiplied without end", () => {
  const { lines } = readLyrics("[0:00]".repeat(6500) + "A".repeat(33_000));
  assert.deepEqual(new Set(lines.map(({ text }) => text.length)), new Set([33_000]));
  assert.equal(lines.length, Math.floor((1 << 18) / 33_000));
});

test("to sort the marks of a text takes steps that grow with it and no faster", () => {
  const normalize = String.prototype.normalize;
  let steps = 0;
  String.prototype.normalize = function (form) {
    for (const [marks] of this.matchAll(/\p{M}+/gu)) steps += [...marks].length ** 2;
    return normalize.call(this, form);
  };
  try {
    const text = `a${"\u0301\u0323\u{1d165}\u0344".repeat(16_384)}b`.repeat(4);
    assert.equal([...plainLines(text)].length, 4 * 31 + 4);
    assert.ok(steps <= 30 * [...text].length, `${steps}`);
  } finally {
    String.prototype.normalize = normalize;
  }
});
