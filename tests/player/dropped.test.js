import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import "./fakes.js";
import { walked } from "../../src/magnitizdat/web/player/ui/dropped.js";

/** Entries as a browser hands them out: files, and folders that are read a hundred at a time. */
function entry(name, content) {
  if (typeof content === "string") return { name, isFile: true, file: (done) => done(content) };
  const inside = Object.entries(content).map(([below, each]) => entry(below, each));
  return { name, isFile: false, createReader: () => ({ readEntries: (done) => done(inside.splice(0, 100)) }) };
}

const flat = (above, content) =>
  typeof content === "string"
    ? [[above, content]]
    : Object.entries(content).flatMap(([name, each]) => flat(`${above}/${name}`, each));

const { folder } = fc.letrec((tie) => ({
  folder: fc.dictionary(fc.string({ minLength: 1 }), fc.oneof({ maxDepth: 3 }, fc.string(), tie("folder"))),
}));

test("every file of a folder comes, with the folders that it lies in", async () => {
  await fc.assert(
    fc.asyncProperty(folder, async (content) => {
      const found = await walked(entry("music", content), "");
      assert.deepEqual(
        found.map(({ file, name }) => [name, file]),
        flat("music", content),
      );
    }),
  );
  const many = Object.fromEntries(Array.from({ length: 250 }, (_each, at) => [`${at}.flac`, "x"]));
  assert.equal((await walked(entry("box", many), "")).length, 250);
});
