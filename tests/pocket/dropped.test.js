// What is dropped comes in whole, whichever way the browser has into a folder: its handles, or its entries.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { dropped } from "../../pocket/src/page/gathering.js";

const SOME = 3; // entries that a browser gives at once
const name = fc.constantFrom(..."abcdefgh").map((letter) => `${letter}.age`);
const { folder } = fc.letrec((tie) => ({
  folder: fc.dictionary(name, fc.oneof({ depthSize: "small" }, fc.string({ maxLength: 9 }), tie("folder"))),
}));

const isFile = (each) => typeof each === "string";
const fileOf = (called, text) => new File([text], called);

/** Paths and contents of a tree, as a browser names them. */
const wanted = (tree, path) =>
  Object.entries(tree).flatMap(([called, each]) =>
    isFile(each) ? [`${path}/${called}: ${each}`] : wanted(each, `${path}/${called}`),
  );

/** A folder as Firefox and Safari show it: some entries at a time, and none at its end. */
function entry(called, tree, parent = "") {
  const fullPath = `${parent}/${called}`;
  if (isFile(tree))
    return { isFile: true, isDirectory: false, fullPath, file: (resolve) => resolve(fileOf(called, tree)) };
  const left = Object.entries(tree).map(([inner, each]) => entry(inner, each, fullPath));
  const createReader = () => ({ readEntries: (resolve) => resolve(left.splice(0, SOME)) });
  return { isFile: false, isDirectory: true, fullPath, createReader };
}

/** A folder as Chromium shows it to a page from a file. */
function handle(called, tree) {
  if (isFile(tree)) return { kind: "file", name: called, getFile: async () => fileOf(called, tree) };
  const values = async function* () {
    for (const [inner, each] of Object.entries(tree)) yield handle(inner, each);
  };
  return { kind: "directory", name: called, values };
}

const item = (more) => ({ kind: "file", getAsFile: () => null, ...more });
const byEntries = (called, tree) => item({ webkitGetAsEntry: () => entry(called, tree) });
const byHandles = (called, tree) => ({
  ...byEntries(called, "the entry of a folder that cannot be read"),
  webkitGetAsEntry: () => ({ isDirectory: true, createReader: () => assert.fail("read by its handle") }),
  getAsFileSystemHandle: async () => handle(called, tree),
});

const said = (files) =>
  Promise.all(
    files.map(async ({ path, length, readAt }) => {
      const text = new TextDecoder().decode(await readAt(0, length));
      return `${path.replace(/^(?!\/)/, "/")}: ${text}`;
    }),
  );

for (const [way, made] of Object.entries({ byEntries, byHandles }))
  test(`all of a folder comes in, in all its folders, ${way}`, async () => {
    await fc.assert(
      fc.asyncProperty(folder, fc.string({ maxLength: 9 }), async (tree, beside) => {
        const file = item({ getAsFile: () => fileOf("beside.zip", beside) });
        const { files, unreadable } = await dropped({ items: [made("reel", tree), file, { kind: "string" }] });
        assert.deepEqual((await said(files)).sort(), [...wanted(tree, "/reel"), `/beside.zip: ${beside}`].sort());
        assert.equal(unreadable, false);
      }),
    );
  });

test("a folder that the browser does not read is told, and what lies beside it comes in", async () => {
  const refused = (_, reject) => reject(new DOMException("no", "EncodingError"));
  const closed = { isDirectory: true, createReader: () => ({ readEntries: refused }) };
  const file = item({ getAsFile: () => fileOf("a.age", "x") });
  const { files, unreadable } = await dropped({ items: [item({ webkitGetAsEntry: () => closed }), file] });
  assert.deepEqual([files.map(({ path }) => path), unreadable], [["a.age"], true]);
});
