// Pages of a long list come once each, and only to whoever stays.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import fc from "fast-check";
import { Clock } from "./fakes.js";
import { PAGE, Pages } from "../../src/magnitizdat/web/player/ui/pages.js";

const lines = (offset, size = PAGE) => Array.from({ length: size }, (_each, at) => `line ${offset + at}`);
let clock;
beforeEach(() => (clock = new Clock()));
afterEach(() => clock.restore());

/** A list that somebody looks at: the pages that were asked for, and those that came. */
function looked({ wanted = () => true, fetchPage = async (offset) => lines(offset) } = {}) {
  const [asked, came, life] = [[], [], new AbortController()];
  const source = {
    first: lines(0),
    signal: life.signal,
    fetchPage: (offset, size, signal) => {
      asked.push(offset / size);
      return fetchPage(offset, size, signal);
    },
  };
  const pages = new Pages(source, { wanted, arrived: (from) => came.push(from / PAGE) });
  return { pages, asked, came, life };
}

test("after a while every line is the one that was asked for, and each page came once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(1000), { minLength: 1 }), async (indexes) => {
      const { pages, asked, came } = looked();
      for (const index of indexes) assert.equal(pages.line(index), index < PAGE ? `line ${index}` : undefined);
      await clock.pass(1000);
      for (const index of indexes) assert.equal(pages.line(index), `line ${index}`);
      const wanted = [...new Set(indexes.map((index) => Math.floor(index / PAGE)))].filter(Boolean);
      assert.deepEqual(asked, wanted);
      assert.deepEqual(came, wanted);
    }),
    { numRuns: 30 },
  );
});

test("whoever only passes by asks for nothing, and gets it when they come back", async () => {
  let here = false;
  const { pages, asked } = looked({ wanted: () => here });
  pages.line(PAGE);
  await clock.pass(1000);
  assert.deepEqual(asked, []);
  here = true;
  pages.line(PAGE);
  await clock.pass(1000);
  assert.equal(pages.line(PAGE), `line ${PAGE}`);
});

test("whoever left the view asks for nothing, and what comes too late is nobody's", async () => {
  const { pages, asked, life } = looked();
  pages.line(PAGE);
  life.abort();
  await clock.pass(1000);
  assert.deepEqual(asked, []);
});

test("a page that was stopped on its way can be asked for again", async () => {
  const answers = [() => Promise.reject(new DOMException("stopped", "AbortError")), async () => lines(PAGE)];
  const { pages, asked, came } = looked({ fetchPage: () => answers.shift()() });
  pages.line(PAGE);
  await clock.pass(1000);
  assert.equal(pages.line(PAGE), undefined);
  await clock.pass(1000);
  assert.equal(pages.line(PAGE), `line ${PAGE}`);
  assert.deepEqual([asked, came], [[1, 1], [1]]);
});
