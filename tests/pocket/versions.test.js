// Which version of a song plays and which goes out: of those that are here, the original before the small one.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SOUND_LENGTH } from "../../pocket/src/core/media.js";
import { isHere, playable, savedVersion, whyNot } from "../../pocket/src/core/versions.js";

const files = fc.record({
  sha256: fc.string({ minLength: 4, maxLength: 8 }),
  length: fc.constantFrom(0, 1000, SOUND_LENGTH, SOUND_LENGTH + 1),
  mediaType: fc.constantFrom("audio/flac", "audio/opus", "audio/aiff", "audio/x-unheard", "text/html"),
  here: fc.boolean(),
});
const tracks = fc.record({
  file: files,
  renditions: fc.array(fc.record({ kind: fc.constantFrom("opus-128", "lpcm-9000"), file: files }), { maxLength: 3 }),
});
const plays = (type) => type !== "" && type !== "audio/x-aiff";

test("only what is here, short enough and of a type that plays is tried, each once", () => {
  fc.assert(
    fc.property(tracks, fc.boolean(), (track, smallFirst) => {
      const tried = playable(track, plays, smallFirst);
      const known = [track.file, ...track.renditions.filter(({ kind }) => kind === "opus-128").map(({ file }) => file)];
      const may = ({ here, length, mediaType }) =>
        here && length <= SOUND_LENGTH && ["audio/flac", "audio/opus"].includes(mediaType);
      assert.deepEqual(new Set(tried), new Set(known.filter(may)));
      assert.equal(tried.length, known.filter(may).length);
      const place = tried.indexOf(track.file);
      if (place >= 0) assert.equal(place, smallFirst ? tried.length - 1 : 0);
    }),
  );
});

test("the original goes out where it is here, and something does where anything is", () => {
  fc.assert(
    fc.property(tracks, (track) => {
      const saved = savedVersion(track);
      assert.equal(isHere(track), saved !== null);
      if (saved) assert.ok(saved.here && saved.mediaType.startsWith("audio/") && saved.mediaType !== "audio/x-unheard");
      if (track.file.here && track.file.mediaType === "audio/flac") assert.equal(saved, track.file);
    }),
  );
});

test("why nothing plays: it is not here, it is too long, or the browser does not know it", () => {
  const file = (length, here) => ({ sha256: "", length, mediaType: "audio/aiff", here });
  const track = (...all) => ({
    file: all[0],
    renditions: all.slice(1).map((each) => ({ kind: "opus-128", file: each })),
  });
  assert.equal(whyNot(track(file(1, false), file(1, false))), "none");
  assert.equal(whyNot(track(file(SOUND_LENGTH + 1, true), file(1, false))), "long");
  assert.equal(whyNot(track(file(SOUND_LENGTH + 1, true), file(1, true))), "unplayed");
});
