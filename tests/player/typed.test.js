import assert from "node:assert/strict";
import { test } from "node:test";
import { beginning, completed, isOtherKeyboard, isSame, meantKey } from "../../src/magnitizdat/web/player/typed.js";

test("the word at the end is begun from its second letter", () => {
  assert.deepEqual(["", "a", "Ab", "able ab", "able ", "able-Abs", "1. cat"].map(beginning), [
    "",
    "",
    "ab",
    "ab",
    "",
    "abs",
    "cat",
  ]);
});

test("a word that is taken stands in place of its beginning", () => {
  assert.equal(completed("able Abs", "absent"), "able absent ");
  assert.equal(completed("", "able"), "able ");
  for (const text of ["able abs", "one-two", "x"]) assert.equal(beginning(completed(text, "word")), "");
});

test("letters of another keyboard are told", () => {
  assert.deepEqual(["able", "фиду", "αβ", "ø å", "123"].map(isOtherKeyboard), [false, true, true, false, false]);
});

test("capitals are nothing in words of the list, and count in a passphrase of one's own", () => {
  const six = "able about above absent absorb abstract";
  assert.ok(isSame("  Able ABOUT-above  absent absorb abstract", six));
  assert.ok(!isSame("able about above absent absorb", six));
  assert.ok(isSame("Ёлка  горит ", "Елка горит"));
  assert.ok(!isSame("елка горит", "Ёлка горит"));
});

test("a letter of a shortcut is its key, whatever the keyboard is set to", () => {
  const pressed = [
    ["n", "KeyN"],
    ["\u0442", "KeyN"],
    ["\u043b", "KeyK"],
    [".", "Slash"],
    [".", "Period"],
    ["?", "Digit7"],
    ["!", "Digit1"],
    [" ", "Space"],
    ["ArrowLeft", "ArrowLeft"],
    ["\u00e6", "Semicolon"],
    ["-", "Slash"],
  ];
  const meant = pressed.map(([key, code]) => meantKey({ key, code }));
  assert.deepEqual(meant, ["n", "n", "k", "/", ".", "?", "!", " ", "ArrowLeft", "\u00e6", "-"]);
});
