// A picture's own header, before any browser sees the picture; and types of the one list.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { askedType, COVER_LENGTH, COVER_PIXELS, shownSize, pictureSize } from "../../pocket/src/core/media.js";
import { AUDIO_TYPES, IMAGE_TYPES, suffixOf } from "../../pocket/src/core/media_types.js";

const bytes = (...parts) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? [...part].map((char) => char.charCodeAt(0)) : part)),
  );
const big = (value, count) => Array.from({ length: count }, (_, at) => (value >>> (8 * (count - 1 - at))) & 255);
const little = (value, count) => big(value, count).reverse();

const png = (width, height) =>
  bytes("\x89PNG\r\n\x1a\n", big(13, 4), "IHDR", big(width, 4), big(height, 4), [8, 6, 0, 0, 0]);
const jpeg = (width, height, before = []) =>
  bytes([0xff, 0xd8], ...before, [0xff, 0xc2, 0, 11, 8], big(height, 2), big(width, 2), [1, 1, 0x11, 0]);
const gif = (width, height, frames = []) =>
  bytes("GIF89a", little(width, 2), little(height, 2), [0, 0, 0], ...frames, [0x3b]);
const frame = (left, top, width, height) => [
  0x2c,
  ...[left, top, width, height].flatMap((each) => little(each, 2)),
  ...[0, 2, 1, 0xaa, 0],
];
const riff = (...parts) => bytes("RIFF", little(100, 4), "WEBP", ...parts);
const webps = {
  lossy: (w, h) => riff("VP8 ", little(50, 4), [0, 0, 0], [0x9d, 1, 0x2a], little(w, 2), little(h, 2)),
  lossless: (w, h) => riff("VP8L", little(50, 4), [0x2f], little((w - 1) | ((h - 1) << 14), 4)),
  extended: (w, h) => riff("VP8X", little(10, 4), little(0, 4), little(w - 1, 3), little(h - 1, 3)),
};

const side = fc.integer({ min: 1, max: 0x3fff });

test("each header says the size that was written into it", () => {
  fc.assert(
    fc.property(side, side, (width, height) => {
      const size = { width, height };
      assert.deepEqual(pictureSize("image/png", png(width, height)), size);
      assert.deepEqual(pictureSize("image/gif", gif(width, height)), size);
      const thumbnail = [[0xff, 0xe1, 0, 9, 0xff, 0xd8, 0xff, 0xc0, 0, 9, 8], [0xff]]; // in Exif; and a byte of filling
      assert.deepEqual(pictureSize("image/jpeg", jpeg(width, height, thumbnail)), size);
      for (const make of Object.values(webps)) assert.deepEqual(pictureSize("image/webp", make(width, height)), size);
    }),
  );
});

test("a GIF is as large as whatever it draws", () => {
  fc.assert(
    fc.property(side, side, fc.array(fc.tuple(side, side, side, side), { maxLength: 4 }), (width, height, frames) => {
      const all = frames.map((each) => frame(...each));
      assert.deepEqual(pictureSize("image/gif", gif(width, height, [[0x21, 0xf9, 1, 0, 0], ...all])), {
        width: Math.max(width, ...frames.map(([left, , wide]) => left + wide)),
        height: Math.max(height, ...frames.map(([, top, , high]) => top + high)),
      });
    }),
  );
});

test("what is too large, of another type or torn is not shown", () => {
  const root = Math.sqrt(COVER_PIXELS);
  assert.ok(shownSize("image/png", png(root, root)));
  assert.ok(!shownSize("image/png", png(root, root + 1)));
  assert.ok(!shownSize("image/png", png(0xffffffff, 0xffffffff)));
  assert.ok(!shownSize("image/png", png(0, 5)));
  const long = new Uint8Array(COVER_LENGTH + 1);
  long.set(png(1, 1));
  assert.ok(!shownSize("image/png", long));
  assert.ok(shownSize("image/png", long.subarray(0, COVER_LENGTH)));
  for (const type of ["image/svg+xml", "image/avif", "text/html", "constructor", "image/jpeg"])
    assert.equal(pictureSize(type, png(1, 1)), null);
  assert.ok(!shownSize("image/jpeg", bytes(jpeg(1, 1), Array(101).fill([0xff, 0xda]).flat())));
});

test("no bytes at all make a header fail otherwise than by saying no", () => {
  const starts = [
    png(9, 9),
    jpeg(9, 9),
    gif(9, 9, [frame(0, 0, 9, 9)]),
    ...Object.values(webps).map((make) => make(9, 9)),
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...starts),
      fc.nat(40),
      fc.uint8Array(),
      fc.constantFrom(...Object.keys(IMAGE_TYPES)),
      (start, cut, rest, type) => {
        const size = pictureSize(type, bytes(start.subarray(0, cut), rest));
        assert.ok(size === null || (size.width > 0 && size.height > 0));
      },
    ),
    { numRuns: 500 },
  );
});

test("a type is known by its own name alone", () => {
  for (const type of Object.keys(AUDIO_TYPES)) assert.ok(askedType(type) && suffixOf(type));
  for (const type of ["audio/x-new", "image/png", "toString", ""]) assert.equal(askedType(type), "");
  assert.equal(suffixOf("image/svg+xml"), undefined);
});

test("a JPEG in which decoders may look for the frame elsewhere is not shown", () => {
  const loose = fc.constantFrom(0x00, 0x01, 0x02, 0xbf, 0xc8, 0xd0, 0xd7, 0xd8, 0xdc, 0xf0, 0xfd);
  fc.assert(
    fc.property(side, side, loose, (width, height, marker) => {
      assert.equal(pictureSize("image/jpeg", jpeg(width, height, [[0xff, marker, 0, 4, 0, 0]])), null);
    }),
  );
  assert.equal(pictureSize("image/jpeg", jpeg(9, 9, [[0xff, 0xfe, 0, 1]])), null);
});
