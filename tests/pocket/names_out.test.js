// Names under which something is saved, whatever a label signed: every system takes them, and nobody is misled by one.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { albumFiles, folderName } from "../../pocket/src/core/export_names.js";
import { savedVersion } from "../../pocket/src/core/versions.js";

const ODD = [
  ...'aZ.- _/\\:*?"<>|%~$()\u0000\t\n\r\u007f\u0085',
  ...[
    "\u202e",
    "\u2066",
    "\u200f",
    "\ufeff",
    "\u00ad",
    "\u2028",
    "\u3000",
    "\u115f",
    "\ud800",
    "e\u0301",
    "🎵",
    "İ",
    "ﬁ",
  ],
  ...["con", "CON.", "nul.flac", "aux ", "com¹", "lpt1 .x", "conin$", "..", "../..", ".hidden", "gpj.exe", ".lnk"],
];
const texts = fc.oneof(
  fc.array(fc.constantFrom(...ODD), { minLength: 1, maxLength: 40 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", minLength: 1, maxLength: 300 }),
);
const file = (mediaType) => ({ sha256: "00".repeat(32), length: 1, mediaType, pieces: [], here: true });
const audio = fc.constantFrom("audio/flac", "audio/mpeg", "audio/opus", "audio/x-ape").map(file);
const tracks = fc.record({
  ...{ id: fc.constant("0"), title: texts, artist: texts, disc: fc.constantFrom(1, 2), position: fc.nat(120) },
  ...{ number: fc.constantFrom(null, 1), file: audio, renditions: fc.constant([]) },
  lyrics: fc.constantFrom([], [{ language: "en", file: file("text/plain") }]),
});
const albums = fc.record({
  ...{
    artist: texts,
    title: texts,
    date: fc.constantFrom("", "1982", "١٩٨٢-٠١"),
    tracks: fc.array(tracks, { maxLength: 4 }),
  },
  kind: fc.constantFrom("album", "compilation"),
  cover: fc.constantFrom(null, file("image/png")),
  notes: fc.constantFrom({}, { en: file("text/markdown") }),
});

const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/iu;
const ENDS = /\.(?:flac|mp3|opus|ape|png|md|txt|zip)$/;
/** What turns the direction, cannot be seen, or is no character; two joiners, which words of some languages need, may stay. */
const MISLEADS = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|[<>:"/\\|?*]/u;

test("a saved file has a name that every system takes, and ends as what it is", () => {
  fc.assert(
    fc.property(albums, (album) => {
      const names = [`${folderName(album)}.zip`, ...albumFiles(album, savedVersion).map(({ name }) => name)];
      assert.equal(new Set(names).size, names.length);
      for (const name of [...names, folderName(album)]) {
        assert.doesNotMatch(name, MISLEADS);
        assert.doesNotMatch(name, RESERVED);
        assert.doesNotMatch(name, /^[. -]|[. ]$/);
        assert.ok(new TextEncoder().encode(name).length <= 255);
      }
      for (const name of names) assert.match(name, ENDS);
    }),
    { numRuns: 400 },
  );
});
