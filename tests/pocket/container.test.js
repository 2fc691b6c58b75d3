// What goes to a browser's player begins as sound does; a list of addresses does not.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { beginsLikeSound } from "../../pocket/src/core/container.js";

const bytes = (...parts) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? [...part].map((char) => char.charCodeAt(0)) : part)),
  );
const asked = (file) => beginsLikeSound(file.length, async (offset, length) => file.subarray(offset, offset + length));
const tag = (content) =>
  [..."ID3"].map((char) => char.charCodeAt(0)).concat([4, 0, 0, 0, 0, 0, content], Array(content).fill(65));
const begins = fc.constantFrom(
  'fLaC\0\0\0"',
  "OggS\0\x02",
  "RIFF\0\0\0\0WAVEfmt ",
  "FORM\0\0\0\0AIFFCOMM",
  "\0\0\0 ftypM4A ",
  "\x1aE\xdf\xa3\x01",
  "wvpk\0\0",
  "\xff\xfb\x90\x64",
  "\xff\xf1\x50\x80",
);
const lists = fc.constantFrom(
  "#EXTM3U\n",
  "\ufeff#EXTM3U".slice(1),
  "<?xml version",
  "<MPD>",
  "[playlist]",
  "RTSP",
  "",
);

test("a container is known, behind tags too, and whatever else begins is not", async () => {
  await fc.assert(
    fc.asyncProperty(
      begins,
      lists,
      fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 4 }),
      async (begin, list, tags) => {
        const before = tags.flatMap(tag);
        assert.ok(await asked(bytes(before, begin, "rest of the song")));
        assert.ok(!(await asked(bytes(before, list, " rest of what is no song"))));
      },
    ),
  );
});

test("zeros before the first frame of an MP3 are passed over, and tags have an end", async () => {
  assert.ok(await asked(bytes(Array(3000).fill(0), "\xff\xfb\x90\x64")));
  assert.ok(!(await asked(bytes(Array(3000).fill(0), "#EXTM3U"))));
  assert.ok(!(await asked(bytes(...Array(9).fill(tag(1)), "fLaC"))));
  assert.ok(!(await asked(bytes("ID3"))));
  assert.ok(!(await asked(bytes())));
});
