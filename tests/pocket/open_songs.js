// Opens the reel in a folder by the words on standard input, and says of each album the digests of what its songs give.
import crypto from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { ReelEngine } from "../../pocket/src/engine/engine.js";

const folder = process.argv[2];
const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
const paths = entries.filter((each) => each.isFile()).map((each) => path.join(each.parentPath ?? each.path, each.name));
const files = await Promise.all(
  paths.map(async (each) => {
    const whole = await fs.readFile(each);
    const readAt = async (offset, length) => Uint8Array.from(whole.subarray(offset, offset + length));
    return { path: path.relative(folder, each), length: whole.length, readAt };
  }),
);
const engine = new ReelEngine({ sliceMs: 100 });

async function digest({ file }) {
  const hash = crypto.createHash("sha256");
  await engine.read(file, (bytes) => hash.update(bytes));
  return hash.digest("hex");
}

const { labels, notes, refused } = await engine.open(files, { words: await text(process.stdin) }, () => {});
const albums = {};
for (const { title, tracks } of labels.flatMap((label) => label.albums)) {
  albums[title] = [];
  for (const track of tracks) albums[title].push(await digest(track));
}
process.stdout.write(JSON.stringify({ albums, notes: notes.map(({ key }) => key), refused }), () => process.exit());
