// JSON from outside: what is read is what stands there, and nothing that two readers could take for two things is read.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BUDGETS, newMeter } from "../../pocket/src/core/budgets.js";
import { readRelease } from "../../pocket/src/core/documents.js";
import { Fraction, byCodePoint, canonical, parse } from "../../pocket/src/core/json.js";

const MOST = 1 << 20;
const bytesOf = (text) => new TextEncoder().encode(text);
const read = (text) => parse(bytesOf(text), MOST);
const refused = (kind) => (error) => error.kind === kind;

/** Nought without a sign: of a whole number it says nothing. */
const unsigned = (value) => (value === 0 ? 0 : value);

/** What was read, as JavaScript would have it. */
function plain(json) {
  if (json instanceof Fraction) return unsigned(json.value);
  if (typeof json === "bigint") return Number(json);
  if (json instanceof Map) return Object.fromEntries([...json].map(([name, each]) => [name, plain(each)]));
  return Array.isArray(json) ? json.map(plain) : json;
}

const names = fc.string({ unit: "binary" }).filter((name) => name !== "__proto__" && name.isWellFormed());
const values = fc.letrec((tie) => ({
  leaf: fc.oneof(
    names,
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  ),
  value: fc.oneof({ maxDepth: 5 }, tie("leaf"), fc.array(tie("value")), fc.dictionary(names, tie("value"))),
})).value;

test("what was written is read", () => {
  fc.assert(
    fc.property(values, fc.boolean(), (value, isSpaced) => {
      assert.deepEqual(
        plain(read(JSON.stringify(value, null, isSpaced ? "\t" : 0))),
        JSON.parse(JSON.stringify(value)),
      );
    }),
  );
});

const signs = fc.string({ unit: fc.constantFrom(...'{}[]":,\\ud8bfnrtlsae0123456789.-+E \n\u0001\u2028é') });
const texts = fc.oneof(
  signs,
  values.map(JSON.stringify).chain((text) => fc.nat(text.length).map((at) => text.slice(0, at) + text.slice(at + 1))),
);

test("whatever is read, JavaScript reads as the same; what only JavaScript reads says a thing twice, or half a letter", () => {
  fc.assert(
    fc.property(
      texts.filter((text) => text.isWellFormed()),
      (text) => {
        let theirs;
        try {
          theirs = { value: JSON.parse(text, (_, each) => each || unsigned(each)) };
        } catch {
          theirs = null;
        }
        let ours;
        try {
          ours = { value: plain(read(text)) };
        } catch (error) {
          assert.equal(error.kind, "DamagedError");
          ours = null;
        }
        if (ours) assert.deepEqual(ours.value, theirs?.value);
        else if (theirs) assert.match(text, /\\u[dD]|"/);
      },
    ),
    { numRuns: 2000 },
  );
});

for (const text of [
  ...[
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '[{"b":{"k":0,"k":0}}]',
    "NaN",
    "[Infinity]",
    "-",
    "01",
    "1.",
    "+1",
    "1e",
  ],
  ...[
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '["\\ud83dx"]',
    '{"\\udfff":1}',
    '"\\x41"',
    '"a\nb"',
    '"\\u12g4"',
    "tru",
    "",
    " ",
  ],
  ...["[1,]", '{"a":1,}', "[1 2]", "{'a':1}", "[]]", "{}{}", '"a', '"\\', "\ufeff{}", "\u00a0[]", "9".repeat(4301)],
]) {
  test(`nothing is read in ${JSON.stringify(text).slice(0, 40)}`, () => {
    assert.throws(() => read(text), refused("DamagedError"));
  });
}

test("bytes that are no UTF-8 are refused", () => {
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xc0, 0xaf, 0x22],
  ])
    assert.throws(() => parse(Uint8Array.from(bytes), MOST), refused("DamagedError"));
});

test("nesting is measured before anything is built, and what stands in strings is none", () => {
  const nested = (depth) => '[{"a":'.repeat(depth / 2) + '"[[[[{\\"{{"' + "}]".repeat(depth / 2);
  assert.ok(read(nested(BUDGETS.jsonDepth.most)));
  assert.throws(() => read(nested(BUDGETS.jsonDepth.most + 2)), refused("DamagedError"));
  assert.throws(() => read("[".repeat(500_000)), refused("DamagedError"));
});

test("values are counted before one is built", () => {
  const most = BUDGETS.jsonValues.most;
  assert.throws(() => parse(bytesOf(`[${",".repeat(most)}]`), 2 * most), refused("OverBudgetError"));
  assert.equal(parse(bytesOf(`[${"0,".repeat(most - 2)}0]`), 3 * most).length, most - 1);
});

test("whoever asks is told how many values there are at most before one is built, and may say no", () => {
  fc.assert(
    fc.property(values, (value) => {
      const text = JSON.stringify(value);
      const told = [];
      parse(bytesOf(text), MOST, (count) => told.push(count));
      assert.deepEqual(told, [text.match(/[[{,:]/g)?.length ?? 0]);
    }),
  );
  const no = () => {
    throw new RangeError("no");
  };
  assert.throws(() => parse(bytesOf("[half"), MOST, no), RangeError);
});

test("the documents of one reel are read up to a sum of values, and behind one that is too many a small one still is", () => {
  const meter = newMeter();
  const wide = bytesOf(`[${"0,".repeat(BUDGETS.jsonValues.most - 2)}0]`);
  const say = (bytes) => {
    try {
      return readRelease(bytes, "", meter);
    } catch (error) {
      return `${error.kind} ${error.sentence.key}`;
    }
  };
  const fit = Math.floor(BUDGETS.values.most / BUDGETS.jsonValues.most);
  const said = Array.from({ length: fit + 1 }, () => say(wide));
  const read = "DamagedError trouble.document.other_kind";
  assert.deepEqual(said, [...Array(fit).fill(read), `OverBudgetError ${BUDGETS.values.key}`]);
  assert.equal(say(bytesOf("[]")), read);
});

test("more bytes than asked for are not looked at", () => {
  assert.throws(() => parse(bytesOf("[]"), 1), refused("DamagedError"));
});

test("whole numbers are exact", () => {
  fc.assert(fc.property(fc.bigInt(), (number) => assert.equal(BigInt(read(String(number))), number)));
  assert.ok(Object.is(read("-0"), 0));
});

test("no name of a key means anything to the language", () => {
  const found = read('{"__proto__":{"a":1},"constructor":2}');
  assert.deepEqual([...found.keys()], ["__proto__", "constructor"]);
});

const texts16 = fc.string({ unit: "binary" }).filter((text) => text.isWellFormed());

test("order by code point is the order of bytes in UTF-8", () => {
  const near = fc.string({ unit: fc.constantFrom("a", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}") });
  fc.assert(
    fc.property(fc.oneof(texts16, near), fc.oneof(texts16, near), (one, other) => {
      assert.equal(Math.sign(byCodePoint(one, other)), Buffer.compare(Buffer.from(one), Buffer.from(other)));
    }),
  );
});

const safe = fc.string({ unit: "binary" }).filter((text) => text.isWellFormed() && !/[\u0000-\u001f]/.test(text));
const exact = fc.letrec((tie) => ({
  leaf: fc.oneof(safe, fc.maxSafeInteger(), fc.bigInt(), fc.boolean(), fc.constant(null)),
  value: fc.oneof(
    { maxDepth: 5 },
    tie("leaf"),
    fc.array(tie("value")),
    fc.array(fc.tuple(safe, tie("value"))).map((all) => new Map(all)),
  ),
})).value;

test("the canonical form says the same, is its own, and asks for no order", () => {
  const turned = (json) =>
    json instanceof Map
      ? new Map([...json].reverse().map(([name, each]) => [name, turned(each)]))
      : Array.isArray(json)
        ? json.map(turned)
        : json;
  fc.assert(
    fc.property(exact, (json) => {
      const written = canonical(json);
      assert.deepEqual(canonical(parse(written, MOST)), written);
      assert.deepEqual(canonical(turned(json)), written);
    }),
  );
});

test("no fraction has a canonical form, however whole it is", () => {
  for (const text of ["1.0", "1e3", "[0.5]", '{"a":-0.0}'])
    assert.throws(() => canonical(read(text)), refused("DamagedError"));
});
