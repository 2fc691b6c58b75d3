// Whatever core and engine say by a key has its sentence, and whatever they leave out of a label too.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
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

test("what an album is left out for is said as a note", () => {
  const reasons = sources.flatMap((source) =>
    [...source.matchAll(/"trouble\.((?:document|paper_|budget\.(?:json|documents|tracks))[a-z_.]*)"/g)].map(
      ([, key]) => key,
    ),
  );
  const lacking = new Set(reasons.map((key) => `note.${key}`).filter((key) => !(key in english)));
  lacking.delete("note.document.newer"); // counted by itself
  assert.deepEqual([...lacking], []);
});
