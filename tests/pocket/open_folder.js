// Opens the reel in a folder by the words on standard input, and says what its catalogue holds and cost; for measuring.
import fs from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { ReelEngine } from "../../pocket/src/engine/engine.js";

async function given(folder, name) {
  const file = await fs.open(path.join(folder, name));
  const { size: length } = await file.stat();
  const readAt = async (offset, wanted) => {
    const bytes = new Uint8Array(Math.min(wanted, Math.max(0, length - offset)));
    await file.read(bytes, 0, bytes.length, offset);
    return bytes;
  };
  return { path: name, length, readAt };
}

async function readAll(engine, albums) {
  const before = performance.now();
  let length = 0;
  for (const { file } of albums.flatMap(({ tracks }) => tracks))
    await engine.read(file, (bytes) => (length += bytes.length));
  return length / ((performance.now() - before) / 1000);
}

const folder = process.argv[2];
const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
const names = entries
  .filter((each) => each.isFile())
  .map((each) => path.relative(folder, path.join(each.path, each.name)));
const files = await Promise.all(names.map((name) => given(folder, name)));
const engine = new ReelEngine({ sliceMs: 100 });
const { labels, decryptedBytes } = await engine.open(files, { words: await text(process.stdin) }, () => {});
const albums = labels.flatMap((label) => label.albums);
const bytesPerSecond = await readAll(engine, albums);
process.stdout.write(JSON.stringify({ albums: albums.length, decryptedBytes, bytesPerSecond }));
process.exit();
