// Words as somebody typed them are the words of the list: laws.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { wordList } from "../../pocket/src/core/word_list.js";
import { cannotOpen, lookAgain, normalWords, secretOf, typedWords } from "../../pocket/src/core/words.js";

const six = fc.array(fc.constantFrom(...wordList), { minLength: 6, maxLength: 6 });
const RUSSIAN = Object.fromEntries(
  [..."qwertyuiopasdfghjklzxcvbnm"].map((each, at) => [each, [..."йцукенгшщзфывапролдячсмить"][at]]),
);

test("the list is whole: 2 048 words that four letters tell apart, in their order", () => {
  assert.equal(wordList.length, 2048);
  assert.equal(new Set(wordList.map((word) => word.slice(0, 4))).size, 2048);
  assert.deepEqual([...wordList].sort(), [...wordList]);
  assert.deepEqual([wordList[0], wordList[2047]], ["abandon", "zoo"]);
});

test("capitals, what stands between, and letters after the fourth do not matter", () => {
  const between = fc.constantFrom(" ", "-", "  ", "\n", " – ", ", ", ". ", "\t", "\u00a0");
  const change = fc.constantFrom(
    (word) => word,
    (word) => word.toUpperCase(),
    (word) => word[0].toUpperCase() + word.slice(1),
    (word) => word.slice(0, Math.max(4, word.length - 1)),
    (word) => word.slice(0, 4),
    (word) => [...word].map((letter) => RUSSIAN[letter]).join(""),
  );
  fc.assert(
    fc.property(six, fc.array(change, { minLength: 6, maxLength: 6 }), between, (words, changes, mark) => {
      const typed = ` ${words.map((word, at) => changes[at](word)).join(mark)}\n`;
      assert.equal(normalWords(typed), words.join(" "));
      assert.equal(lookAgain(typed), null);
      assert.equal(typedWords(typed).length, 6);
    }),
  );
});

test("on a Turkish keyboard words are the same, in capitals and in small letters", () => {
  fc.assert(
    fc.property(six, (words) => {
      const said = words.join(" ");
      for (const typed of [said.toLocaleUpperCase("tr"), said.replaceAll("i", "ı"), said.replace(/\bi/g, "İ")])
        assert.equal(normalWords(typed), said);
    }),
  );
});

test("a word off the list is named by its place, and nothing is put in its stead", () => {
  fc.assert(
    fc.property(six, fc.nat(5), fc.constantFrom("qqqq", "abandonment", "zo", "ж"), (words, at, wrong) => {
      const typed = words.with?.(at, wrong) ?? words.map((word, place) => (place === at ? wrong : word));
      assert.deepEqual(lookAgain(typed.join(" ")), { key: "trouble.word_unknown", values: { place: at + 1 } });
      assert.equal(normalWords(typed.join("-").toUpperCase()), typed.join(" ").toLowerCase());
    }),
  );
});

test("several are named, and where most are off the list nothing is said", () => {
  assert.deepEqual(lookAgain("abandon qqqq ability xxxx about above"), {
    key: "trouble.words_unknown",
    values: { places: "2, 4" },
  });
  assert.equal(lookAgain("my own pass phrase xxxx yyyy"), null);
  assert.equal(lookAgain(""), null);
});

test("of fewer or more words than six, all on the list, their number is said; of six, and of other words, nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...wordList), { minLength: 1, maxLength: 13 }), (words) => {
      const wanted = words.length === 6 ? null : { key: "trouble.words_count", values: { n: words.length } };
      assert.deepEqual(cannotOpen(words.join("-").toUpperCase()), wanted);
      assert.deepEqual(cannotOpen([...words, "qqqq"].join(" ")), lookAgain([...words, "qqqq"].join(" ")));
    }),
  );
  assert.equal(cannotOpen("my own pass phrase xxxx yyyy"), null);
});

test("a key is known by its own line, whatever remarks stand before it, and words are words", () => {
  const line = "AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SWRXK9A";
  const remark = fc.stringMatching(/^# [a-z0-9: -]{0,40}\n$/);
  fc.assert(
    fc.property(fc.array(remark, { maxLength: 4 }), fc.constantFrom("", " ", "\n"), (remarks, around) => {
      const typed = `${around}${remarks.join("")}${line}${around}`;
      assert.deepEqual(secretOf(typed), { identity: typed.trim() });
    }),
  );
  fc.assert(fc.property(six, (words) => assert.deepEqual(secretOf(words.join(" ")), { words: words.join(" ") })));
});
