// Files that were chosen: the same one twice is told as one, and a copy is never thrown away for another.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Gathered, MOST_FILES } from "../../pocket/src/page/gathering.js";

const file = fc.record({ path: fc.constantFrom("a.age", "b.age", "r/a.age"), length: fc.integer({ min: 1, max: 2 }) });
const nameOf = ({ path, length }) => `${path} ${length}`;
const named = (name, all) => all.filter((each) => nameOf(each) === name);

test("of each name and length one is counted, and the two that came last are looked at, the newest first", () => {
  fc.assert(
    fc.property(fc.array(fc.array(file, { maxLength: 4 }), { maxLength: 6 }), (choices) => {
      const gathered = new Gathered();
      for (const choice of choices) gathered.add(choice);
      const all = choices.flat();
      const names = new Set(all.map(nameOf));
      assert.equal(gathered.count, names.size);
      assert.equal(gathered.tooMany, false);
      let length = 0;
      for (const name of names) {
        const same = named(name, all);
        length += same[0].length;
        assert.deepEqual(named(name, gathered.files), same.slice(-2).reverse());
      }
      assert.equal(gathered.length, length);
      gathered.clear();
      assert.deepEqual([gathered.count, gathered.files], [0, []]);
    }),
  );
});

test("more than are looked at are told, and copies are left out before anything else", () => {
  const gathered = new Gathered();
  const files = Array.from({ length: MOST_FILES }, (_, at) => ({ path: `${at}`, length: 1 }));
  gathered.add(files);
  gathered.add(files.slice(0, 9).map((each) => ({ ...each, isNew: true })));
  assert.equal(gathered.tooMany, false);
  assert.equal(gathered.files.length, MOST_FILES);
  assert.equal(gathered.files.filter(({ isNew }) => isNew).length, 9);
  gathered.add([{ path: "one more", length: 1 }]);
  assert.equal(gathered.tooMany, true);
  assert.equal(gathered.files.length, MOST_FILES);
});
