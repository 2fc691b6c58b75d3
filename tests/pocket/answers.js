// Asks the page's small rooms: a question a line in (`["plainLine", "…"]`), an answer a line out.
import { createInterface } from "node:readline";
import { BUDGETS } from "../../pocket/src/core/budgets.js";
import { verifies } from "../../pocket/src/core/ed25519.js";
import { fourWords, picture } from "../../pocket/src/core/imprint.js";
import { canonical, parse } from "../../pocket/src/core/json.js";
import { marked } from "../../pocket/src/core/marks.js";
import { AUDIO_TYPES, IMAGE_TYPES, TEXT_TYPES, isCarried } from "../../pocket/src/core/media_types.js";
import { plainLine, plainLines, plainText } from "../../pocket/src/core/plain_text.js";

const bytes = (hex) => new Uint8Array(Buffer.from(hex, "hex"));

/** The canonical form of JSON text in hex; the kind of trouble where it has none. */
function canonicalOf(hex) {
  try {
    return Buffer.from(canonical(parse(bytes(hex), 1 << 20))).toString("hex");
  } catch (error) {
    return error.kind ?? String(error.stack);
  }
}

const ANSWERS = {
  budgets: () => Object.fromEntries(Object.entries(BUDGETS).map(([name, { most }]) => [name, most])),
  canonical: canonicalOf,
  fourWords,
  isCarried,
  marked,
  mediaTypes: () => Object.entries({ ...AUDIO_TYPES, ...IMAGE_TYPES, ...TEXT_TYPES }),
  picture,
  plainLine,
  plainLines,
  plainText,
  verifies: (key, message, signature) => verifies(bytes(key), bytes(message), bytes(signature)),
};

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const [name, ...asked] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(ANSWERS[name](...asked))}\n`);
}
