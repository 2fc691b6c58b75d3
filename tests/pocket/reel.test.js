// Reels: whatever they are cut into, what was put in comes out, and what is not whole, ours or twice the same is told.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BUDGETS } from "../../pocket/src/core/budgets.js";
import { sortOut } from "../../pocket/src/core/sorting.js";
import { Life } from "../../pocket/src/engine/life.js";
import { readFile } from "../../pocket/src/engine/reading.js";
import { OWNER, PIECE, STRANGER, blobPath, cut, membersOf, newOpening, opened, signed } from "./cutting.js";
import { Given, end, seal, zip } from "./making.js";

const IMPRINT = `mag1${"q".repeat(58)}`;
const PAPER = `labels/${IMPRINT}/metadata/1.root.json`;
const WORDS = "abandon ability able about above absent";

const lengths = fc.oneof(fc.nat(3000), fc.constantFrom(0, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 70_000));
const runs = { numRuns: 10 };
/** Bytes of a length that no other number has. */
const bytesOf = (length, number) => Buffer.alloc(length, `${number}:`);
const blobs = fc.array(lengths, { minLength: 1, maxLength: 5 }).map((all) => all.map(bytesOf));
const kind = (wanted) => (error) => error.kind === wanted;

async function readAll(spool, file, signal = undefined) {
  const chunks = [];
  await readFile(
    spool,
    file,
    (bytes) => chunks.push(bytes),
    () => {},
    new Life(100, undefined, signal),
  );
  return chunks;
}

/** An archive of which list and headers say that it is compressed. */
function packed(members) {
  const bytes = zip(members, (entry) => ({ ...entry, method: 8 }));
  for (let at = 0; at >= 0; at = bytes.indexOf("PK\x03\x04", at + 1)) bytes.writeUInt16LE(8, at + 8);
  return bytes;
}

const membersOfAll = (files) => files.flatMap((bytes) => membersOf(blobPath(bytes), bytes));
/** Of doubled contents one member alone: a ZIP names none twice. */
const distinct = (members) => [...new Map(members)];

test("whatever it is cut into, each file comes out in verified pieces", async () => {
  await fc.assert(
    fc.asyncProperty(
      blobs,
      fc.integer({ min: 1, max: 4 }),
      fc.nat(),
      fc.nat(99),
      async (files, count, seed, padding) => {
        const deal = (at) => (at * 7 + seed) % 13;
        const { spool } = await opened(cut(distinct(membersOfAll(files)), { count, deal, padding }));
        for (const bytes of files) {
          const file = signed(bytes);
          assert.ok(spool.isHere(file.sha256, file.length));
          const chunks = await readAll(spool, file);
          assert.ok(Buffer.concat(chunks).equals(bytes));
          assert.deepEqual(
            chunks.map((chunk) => chunk.length),
            chunks.map((_, at) => Math.min(PIECE, bytes.length - at * PIECE)),
          );
        }
      },
    ),
    runs,
  );
});

test("one file holds the reel as well as many do, and several such files are one pool", async () => {
  await fc.assert(
    fc.asyncProperty(blobs, fc.boolean(), fc.boolean(), async (files, split, foreign) => {
      const segments = cut(distinct(membersOfAll(files)), { count: 3 });
      const named = segments.map(({ path, bytes }) => [path, bytes]);
      const beside = [
        ["post/abc.age", seal(Buffer.alloc(10), OWNER)],
        ["x.vol0+1.par2", Buffer.from("PAR2\0PKT")],
      ];
      const halves = split ? [named.slice(0, 1), [...named.slice(1), ...beside]] : [[...named, ...beside]];
      const given = halves.map((members, at) => new Given(`IMG_${at}.jpeg`, zip(members)));
      if (foreign) given.push(new Given("holiday.txt", Buffer.from("no reel")));
      const { spool, sorted } = await opened(given);
      for (const bytes of files) assert.ok(Buffer.concat(await readAll(spool, signed(bytes))).equals(bytes));
      assert.equal(sorted.passedOver, Number(foreign));
    }),
    runs,
  );
});

test("of a cut or altered segment nothing is believed, and what the others hold is read", async () => {
  const whole = [bytesOf(5000, 1), bytesOf(6000, 2)];
  const [first, second] = cut(membersOfAll(whole));
  const plainLength = first.bytes.length;
  await fc.assert(
    fc.asyncProperty(fc.nat(plainLength - 1), fc.nat(7), fc.boolean(), async (at, bit, cutOff) => {
      const bytes = Buffer.from(first.bytes);
      bytes[at] ^= 1 << bit;
      const harmed = new Given(first.path, cutOff ? first.bytes.subarray(0, at) : bytes);
      const { opening, spool } = await opened([harmed, second]);
      assert.equal(opening.unreadable + opening.foreign, 1);
      assert.ok(Buffer.concat(await readAll(spool, signed(whole[1]))).equals(whole[1]));
      await assert.rejects(readAll(spool, signed(whole[0])), kind("NotFoundError"));
      assert.ok(!spool.isHere(signed(whole[0]).sha256, 5000));
    }),
    { numRuns: 40 },
  );
});

test("a piece comes from the first copy that verifies, and from none that does not", async () => {
  const bytes = bytesOf(2 * PIECE + 10, 1);
  const members = membersOf(blobPath(bytes), bytes);
  const wrong = members.map(([name, part]) => [name, Buffer.alloc(part.length, 7)]);
  const short = members.map(([name]) => [name, Buffer.alloc(5)]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(members, wrong, short), { minLength: 1, maxLength: 3 }),
      async (copies) => {
        const files = copies.flatMap((own) => cut(own, { count: 1 }));
        const { spool } = await opened(files);
        if (copies.includes(members)) assert.ok(Buffer.concat(await readAll(spool, signed(bytes))).equals(bytes));
        else
          await assert.rejects(readAll(spool, signed(bytes)), (error) => /^(Damaged|NotFound)Error$/.test(error.kind));
      },
    ),
    runs,
  );
});

test("members that changed their names are not taken for each other", async () => {
  const [one, other] = [bytesOf(4000, 1), bytesOf(4000, 2)];
  const swapped = [
    [blobPath(one), other],
    [blobPath(other), one],
  ];
  const { spool } = await opened(cut(swapped));
  for (const bytes of [one, other]) await assert.rejects(readAll(spool, signed(bytes)), kind("DamagedError"));
});

test("pieces that fit and a whole that does not give no last chunk", async () => {
  const bytes = bytesOf(2 * PIECE, 1);
  const file = { ...signed(bytes), sha256: "ab".repeat(32) };
  const members = membersOf(`blobs/ab/${file.sha256}`, bytes);
  const { spool } = await opened(cut(members));
  const chunks = [];
  const read = readFile(
    spool,
    file,
    (chunk) => chunks.push(chunk),
    () => {},
    new Life(100),
  );
  await assert.rejects(read, kind("NotVerifiedError"));
  assert.equal(chunks.length, 1);
});

test("two copies of a paper are one where they are the same, and none where they differ", async () => {
  const paper = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array(PIECE + 5)));
  await fc.assert(
    fc.asyncProperty(paper, paper, fc.boolean(), async (one, two, same) => {
      const other = same ? one : two;
      fc.pre(same || !Buffer.from(one).equals(Buffer.from(two)));
      const files = [one, other].flatMap((bytes) => cut(membersOf(PAPER, Buffer.from(bytes)), { count: 1 }));
      const { spool } = await opened(files);
      const read = spool.paper(IMPRINT, "metadata/1.root.json", 2 * PIECE);
      if (same) assert.ok(Buffer.from(one).equals(await read));
      else await assert.rejects(read, (error) => /^(NotVerified|Damaged)Error$/.test(error.kind));
      assert.deepEqual(spool.imprints(), [IMPRINT]);
    }),
    runs,
  );
});

test("a document is the copy that has the digest in its name, and none where no copy has it", async () => {
  const [right, wrong] = [Buffer.from("signed"), Buffer.from("forged")];
  const name = `targets/ab/${signed(right).sha256}.${"ab".repeat(16)}.json`;
  const path = `labels/${IMPRINT}/${name}`;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(right, wrong), { minLength: 1, maxLength: 3 }), async (copies) => {
      const { spool } = await opened(copies.flatMap((bytes) => cut([[path, bytes]], { count: 1 })));
      const read = spool.paper(IMPRINT, name, 100);
      if (copies.includes(right)) assert.ok(right.equals(await read));
      else await assert.rejects(read, kind("DamagedError"));
    }),
    runs,
  );
});

test("of documents that stand together and apart those that stand together are read", async () => {
  const documents = Array.from({ length: 40 }, (_, at) => Buffer.from(`document ${at}`));
  const pathOf = (bytes) => `labels/${IMPRINT}/targets/ab/${signed(bytes).sha256}.x.json`;
  const music = (at) => [`blobs/ab/${at}`, Buffer.alloc(70_000)];
  const scattered = documents.flatMap((bytes, at) => cut([[pathOf(bytes), bytes], music(at)], { count: 1 }));
  const together = cut(
    documents.map((bytes) => [pathOf(bytes), bytes]),
    { count: 1 },
  );
  const { spool, reel } = await opened([...scattered, ...together]);
  const before = reel.decryptedBytes;
  for (const bytes of documents) await spool.paper(IMPRINT, pathOf(bytes).split("/").slice(2).join("/"), 100);
  assert.ok(reel.decryptedBytes - before < 200_000, `${reel.decryptedBytes - before}`);
});

test("a paper that is longer than it may be is refused before it is decrypted", async () => {
  const { spool, reel } = await opened(cut(membersOf(PAPER, Buffer.alloc(400_000)), { count: 1 }));
  const before = reel.decryptedBytes;
  await assert.rejects(spool.paper(IMPRINT, "metadata/1.root.json", 399_999), kind("DamagedError"));
  assert.equal(reel.decryptedBytes, before);
  assert.equal(await spool.paper(IMPRINT, "metadata/2.root.json", 10), null);
});

test("nothing of the music is read or decrypted to open it", async () => {
  const music = bytesOf(6 * PIECE, 1);
  const files = cut([...membersOfAll([music]), [PAPER, Buffer.alloc(3000)]], { count: 3 });
  const { spool, reel } = await opened(files);
  await spool.paper(IMPRINT, "metadata/1.root.json", 3000);
  const read = files.reduce((sum, file) => sum + file.read, 0);
  assert.ok(read < files.length * 200_000, `${read} bytes were read`);
  assert.ok(reel.decryptedBytes < files.length * 150_000, `${reel.decryptedBytes} bytes were decrypted`);
});

test("six words open it however they are typed, and words that do not are told from no words", async () => {
  const identity = Buffer.from(`# a comment\n${OWNER.text}\n`);
  const lock = (words) => new Given("a.age", seal(zip([["identity.txt", identity]]), { words, factor: 1 }));
  const segments = cut(membersOfAll([bytesOf(10, 1)]));
  const typed = fc.constantFrom(
    WORDS,
    WORDS.toUpperCase(),
    WORDS.replaceAll(" ", "-"),
    "  aban abil able abou abov abse ",
  );
  await fc.assert(
    fc.asyncProperty(typed, fc.nat(3), async (words, strangers) => {
      const others = Array.from({ length: strangers }, (_, at) => lock(`other ${at}`));
      const { spool } = await opened([...others, lock(WORDS), ...segments], { words });
      assert.equal((await readAll(spool, signed(bytesOf(10, 1)))).length, 1);
    }),
    { numRuns: 10 },
  );
  await assert.rejects(opened([lock("zoo"), ...segments], { words: WORDS }), kind("WrongPassphraseError"));
  await assert.rejects(opened(segments, { words: WORDS }), (error) => error.sentence.key === "trouble.no_words");
  const many = Array.from({ length: 5 }, () => lock("zoo"));
  await assert.rejects(opened([...many, ...segments], { words: WORDS }), kind("OverBudgetError"));
});

test("a file that asks for too much work is not tried, and says so", async () => {
  const identity = Buffer.from(OWNER.text);
  const sealed = seal(zip([["identity.txt", identity]]), { words: WORDS, factor: 1 });
  const dear = Buffer.from(sealed.toString("latin1").replace(/^(-> scrypt \S+) 1$/m, "$1 18"), "latin1");
  await assert.rejects(opened([new Given("a.age", dear)], { words: WORDS }), kind("OverBudgetError"));
});

test("a reel of somebody else's, none at all, and one with too much in it are told apart", async () => {
  const [segment] = cut([["a", Buffer.alloc(1)]], { count: 1, to: STRANGER });
  await assert.rejects(opened([segment]), kind("NotMineError"));
  await assert.rejects(opened([]), kind("SourceError"));
  await assert.rejects(opened([new Given("a.txt", Buffer.alloc(10))]), kind("SourceError"));
  await assert.rejects(opened([new Given("a.age", Buffer.alloc(10))]), kind("DamagedError"));
  const many = Array.from({ length: BUDGETS.files.most + 1 }, () => segment);
  await assert.rejects(opened(many), kind("OverBudgetError"));
  assert.equal(segment.read < 10_000, true);
});

test("what systems leave beside each file, and an archive of many other things, change nothing", async () => {
  const segments = cut(membersOfAll([bytesOf(10, 1)]));
  const beside = segments.map(({ path }) => new Given(path.replace("reel/", "reel/._"), Buffer.from("Mac OS X")));
  const many = Array.from({ length: BUDGETS.files.most }, (_, at) => [`${at}`, Buffer.alloc(0)]);
  const { opening, sorted } = await opened([...segments, ...beside, new Given("pictures.zip", zip(many))]);
  assert.deepEqual([sorted.passedOver, opening.unreadable, sorted.packed], [0, 0, 1]);
});

test("an archive of any other kind is passed over and told", async () => {
  const given = new Given("reel.zip", packed([["a.age", Buffer.from("x")]]));
  await assert.rejects(opened([given]), (error) => error.sentence.key === "trouble.packed");
  const inside = new Given("reel.zip", zip([["inner.zip", zip([["a.age", cut([["a", Buffer.alloc(1)]])[0].bytes]])]]));
  await assert.rejects(opened([inside]), (error) => error.sentence.key === "trouble.no_reel");
});

test("of a file that breaks off all opens that came whole, and how much that is is told", async () => {
  const files = [bytesOf(5000, 1), bytesOf(6000, 2), bytesOf(7000, 3)];
  const lock = seal(zip([["identity.txt", Buffer.from(OWNER.text)]]), { words: WORDS, factor: 1 });
  const segments = cut(membersOfAll(files), { count: 3 }).map(({ bytes }, at) => [`${at}.age`, bytes]);
  const members = [["lock.age", lock], ...segments];
  const whole = zip(members);
  let end = 0;
  const ends = members.map(([name, bytes]) => (end += 30 + name.length + bytes.length));
  const broken = (left, more = 0) => [
    new Given("tape.zip", Buffer.concat([whole.subarray(0, left), Buffer.alloc(more)])),
  ];
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 4, max: whole.length - 1 }), async (left) => {
      const came = ends.filter((end) => end <= left).length;
      const open = opened(broken(left), { words: WORDS });
      if (came < 2) return assert.rejects(open, (error) => error.sentence.key === "trouble.breaks_off");
      const { opening, sorted, spool } = await open;
      assert.deepEqual([sorted.cutOff, sorted.came, sorted.packed], [1, came, 0]);
      assert.deepEqual(opening.notes(sorted, 1).at(-1), { key: "note.breaks_off", values: { count: came } });
      for (const [at, bytes] of files.entries()) {
        assert.equal(spool.isHere(signed(bytes).sha256, bytes.length), ends[at + 1] <= left);
      }
    }),
    { numRuns: 60 },
  );
  assert.equal((await opened(broken(ends[2], 4000), { words: WORDS })).sorted.came, 3, "filled up with zeros");
  const lacksLock = new Given("tape.zip", zip(segments).subarray(0, 3000));
  await assert.rejects(opened([lacksLock], { words: WORDS }), (error) => error.sentence.key === "trouble.breaks_off");
});

test("a list that lies, and a file that stands twice, close no reel whose files are whole", async () => {
  const files = [bytesOf(5000, 1), bytesOf(6000, 2), bytesOf(7000, 3)];
  const segments = cut(membersOfAll(files), { count: 3 }).map(({ bytes }, at) => [`${at}.age`, bytes]);
  const lies = {
    offset: (entry) => ({ ...entry, offset: 0 }),
    name: (entry) => ({ ...entry, name: "0.age" }),
    length: (entry) => ({ ...entry, length: entry.length + 1, packed: entry.packed + 1 }),
  };
  const spoiled = Buffer.from(segments[0][1]).fill(0, 200);
  const archives = [
    ...Object.values(lies).map((lie) => zip(segments, lie)),
    zip([["0.age", spoiled], ...segments]),
    zip([...segments, ["0.age", spoiled]]),
  ];
  for (const archive of archives) {
    const { spool, sorted } = await opened([new Given("tape.zip", archive)]);
    assert.deepEqual([sorted.cutOff, sorted.packed], [1, 0]);
    for (const bytes of files) assert.ok(spool.isHere(signed(bytes).sha256, bytes.length));
  }
  const other = zip([["song.mp3", segments[0][1]]], lies.length);
  assert.equal((await sortOut([new Given("other.zip", other)])).packed, 1);
});

test("where nothing sealed is found, nothing is said of words, and where words opened theirs alone neither", async () => {
  const says = (files, key) => assert.rejects(opened(files, { words: WORDS }), (error) => error.sentence.key === key);
  const lock = seal(zip([["identity.txt", Buffer.from(OWNER.text)]]), { words: WORDS, factor: 1 });
  await says([], "trouble.no_reel");
  await says([new Given("a.age", Buffer.alloc(10))], "trouble.nothing_opens");
  await says([new Given("x.zip", packed([["a.age", lock]]))], "trouble.packed");
  await says([new Given("lock.age", lock)], "trouble.no_reel");
});

test("a segment that says it holds a million files costs nothing, and several that hold many are refused", async () => {
  const claims = Buffer.concat([Buffer.alloc(200_000), end(60_000, 200_000, 0)]);
  const liar = new Given("a.age", seal(claims, OWNER));
  await assert.rejects(opened([liar]), kind("OverBudgetError"));
  const { opening } = await opened([liar, ...cut([["a", Buffer.alloc(1)]])]);
  assert.equal(opening.unreadable, 1);
  opening.reel.members = BUDGETS.members.most;
  assert.throws(() => opening.reel.allow(1, 1000), kind("OverBudgetError"));
});

test("a medium that is pulled out is told as such, and a stop is a stop", async () => {
  const bytes = bytesOf(3 * PIECE, 1);
  const files = cut(membersOf(blobPath(bytes), bytes), { count: 1 });
  const { spool, opening } = await opened(files);
  const control = new AbortController();
  const seen = [];
  const read = readFile(
    spool,
    signed(bytes),
    (chunk) => (seen.push(chunk), control.abort()),
    () => {},
    new Life(100, undefined, control.signal),
  );
  await assert.rejects(read, kind("Stopped"));
  assert.equal(seen.length, 1);
  opening.forget();
  await assert.rejects(readAll(spool, signed(bytes)), (error) => /NotFoundError|DamagedError/.test(error.kind));
});

test("of an opening that was stopped nothing goes on", async () => {
  const opening = newOpening();
  opening.life.end();
  await assert.rejects(opening.openReel(cut([["a", Buffer.alloc(1)]]), { identity: OWNER.text }), kind("Stopped"));
});

test("letters that were chosen by hand are not told as sealed to somebody else, and more than they are", async () => {
  const letter = (length) => {
    const least = seal(Buffer.alloc(0), STRANGER).length;
    const tags = 16 * Math.ceil((length - least) / (65536 + 16)) - 16;
    return new Given("abc.age", seal(Buffer.alloc(length - least - tags), STRANGER));
  };
  const [foreign] = cut([["a", Buffer.alloc(1)]], { count: 1, to: STRANGER });
  const reel = cut(membersOfAll([bytesOf(10, 1)]));
  const letters = [letter(65536), letter(1 << 20)];
  assert.deepEqual(letters.map(({ length }) => length), [65536, 1 << 20]); // prettier-ignore
  const noted = async (files) => {
    const { opening, sorted } = await opened([...reel, ...files]);
    return opening.notes(sorted, 1);
  };
  assert.deepEqual(await noted(letters), []);
  assert.deepEqual(await noted([...letters, foreign]), [{ key: "note.foreign", values: { count: 1 } }]);
  await assert.rejects(opened(letters), kind("NotMineError"));
  const lock = seal(zip([["identity.txt", Buffer.from(OWNER.text)]]), { words: WORDS, factor: 1 });
  const { opening, sorted } = await opened([...reel, foreign, new Given("lock.age", lock)], { words: WORDS });
  assert.deepEqual(opening.notes(sorted, 1), [{ key: "note.other_words", values: { count: 1 } }]);
});

test("whoever brings a key to a reel that words open is told of the words", async () => {
  const lock = seal(zip([["identity.txt", Buffer.from(OWNER.text)]]), { words: WORDS, factor: 1 });
  const files = [...cut(membersOfAll([bytesOf(10, 1)])), new Given("lock.age", lock)];
  const says = (error) => error.sentence.key === "trouble.needs_words";
  await assert.rejects(opened(files, { identity: STRANGER.text }), says);
  assert.equal((await opened(files, { words: WORDS })).reel.segments.size, 2);
});

test("letters are what lies in the post of a reel, and a reel may lie in any folder", async () => {
  const cuts = cut(membersOfAll([bytesOf(5000, 1), bytesOf(6000, 2)]));
  const segments = cuts.map(({ path, bytes }) => ({ path: path.split("/").at(-1), bytes }));
  const folder = fc.constantFrom("", "post/", "Post/r/", "r/", "r/abcdefgh/");
  await fc.assert(
    fc.asyncProperty(folder, fc.boolean(), async (where, letters) => {
      const given = segments.map(({ path, bytes }) => new Given(where + path, bytes));
      const post = `${where.replace("abcdefgh/", "")}post/letter.age`;
      if (letters && where !== "post/") given.push(new Given(post, Buffer.from("age-encryption.org/v1\n")));
      const sorted = await sortOut(given);
      assert.deepEqual(sorted.sealed.map(({ path }) => path).sort(), segments.map(({ path }) => where + path).sort());
      assert.equal(sorted.unreadable + sorted.passedOver, 0);
    }),
  );
});
