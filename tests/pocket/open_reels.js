// Opens reels for tests in Python: one JSON document a line in, `{files: {path: base64}, identity}`; one a line out: which
// copies of which pieces there are and the SHA-256 of each that verifies, what did not open, or the kind of trouble.
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { Trouble } from "../../pocket/src/core/trouble.js";
import { Life } from "../../pocket/src/engine/life.js";
import { Opening } from "../../pocket/src/engine/opening.js";
import { Given } from "./making.js";

async function digestOf(reel, { segment, offset, length }) {
  try {
    const bytes = await reel.using(segment, (stream) => stream.readAt(offset, length));
    return createHash("sha256").update(bytes).digest("hex");
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    return error.kind;
  }
}

async function opened({ files, identity }) {
  const given = Object.entries(files).map(([path, bytes]) => new Given(path, Buffer.from(bytes, "base64")));
  const opening = new Opening(new Life(100), () => {});
  await opening.openReel(given, { identity });
  const { reel, foreign, unreadable } = opening;
  const found = {};
  for (const [path, copies] of reel.files) {
    found[path] = [];
    for (const copy of copies) found[path].push([copy.piece, copy.offset, copy.length, await digestOf(reel, copy)]);
  }
  return { files: found, segments: reel.segments.size, foreign, unreadable };
}

for await (const line of createInterface({ input: process.stdin })) {
  const said = await opened(JSON.parse(line)).catch((error) => {
    if (!(error instanceof Trouble)) throw error;
    return error.kind;
  });
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
