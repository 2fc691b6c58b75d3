// Names, words and ZIPs for tests in Python: one JSON document a line in, one out.
import { createInterface } from "node:readline";
import { albumFiles, foldedName, folderName, portableName, portableNames } from "../../pocket/src/core/export_names.js";
import { readLyrics } from "../../pocket/src/core/lyrics.js";
import { plainLines, plainText } from "../../pocket/src/core/plain_text.js";
import { savedVersion } from "../../pocket/src/core/versions.js";
import { writeZip } from "../../pocket/src/core/zip_write.js";

const DOES = {
  portable: ({ text, most }) => portableName(text, most),
  portables: ({ texts, most }) => portableNames(texts, most),
  folded: ({ text }) => foldedName(text),
  plain: ({ text }) => [plainText(text), plainLines(text)],
  album: ({ album }) => [
    folderName(album),
    albumFiles(album, savedVersion).map(({ name, file }) => [name, file.sha256]),
  ],
  lyrics: ({ text }) => readLyrics(text),
  async zip({ members }) {
    const parts = [];
    const hold = (bytes) => {
      const at = parts.push(Uint8Array.from(bytes)) - 1;
      return (final) => parts[at].set(final);
    };
    const contents = members.map(([, content]) => Buffer.from(content, "base64"));
    const planned = members.map(([name], at) => ({ name, length: contents[at].length }));
    await writeZip(planned, { hold, write: hold }, async (at, write) => write(contents[at]));
    return Buffer.concat(parts).toString("base64");
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await DOES[asked.what](asked))}\n`);
}
