// Whatever core and engine say by a key has its sentence, and whatever they leave out of a label too.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { noteOf } from "../../pocket/src/core/labels.js";
import english from "../../pocket/src/i18n/en.js";

const SOURCES = new URL("../../pocket/src/", import.meta.url);
const KEY = /"((?:trouble|note|progress)\.[a-z_.]+)"/g;
/** Of albums alone, and said as notes. */
const OF_ALBUMS = [
  ...["trouble.document.other_name", "trouble.document.media_type", "trouble.document.pieces", "trouble.budget.tracks"],
];

const sources = ["core", "engine"].flatMap((room) =>
  readdirSync(new URL(room, SOURCES)).map((name) => readFileSync(new URL(`${room}/${name}`, SOURCES), "utf8")),
);

test("each key that core and engine name has a sentence", () => {
  const keys = sources.flatMap((source) => [...source.matchAll(KEY)].map(([, key]) => key));
  assert.ok(keys.length > 50);
  const unsaid = new Set(keys.filter((key) => !(key in english)));
  for (const key of OF_ALBUMS) unsaid.delete(key);
  assert.deepEqual([...unsaid], []);
});

const reasons = [
  ...new Set(
    sources.flatMap((source) =>
      [...source.matchAll(/"(trouble\.(?:document|paper_|two_|budget\.(?:json|documents|tracks))[a-z_.]*)"/g)].map(
        ([, key]) => key,
      ),
    ),
  ),
];

test("each reason to leave an album out has a note for people, and no two notes say the same", () => {
  const notes = new Set(reasons.map(noteOf));
  const texts = [...notes].map((key) => english[key]);
  assert.ok(reasons.length > 10);
  assert.ok(texts.every((text) => text?.includes("{name}") && text.includes("{count}")));
  assert.equal(new Set(texts).size, texts.length);
});
