// Asks the page's reader of labels: a case a line in (`{"imprint", "files": {name: base64}, "before": {…}}`, of which `before` is what other labels have used up), a verdict a line out.
import { createInterface } from "node:readline";
import { newMeter } from "../../pocket/src/core/budgets.js";
import { sha256 } from "../../pocket/src/core/digests.js";
import { readLabel } from "../../pocket/src/core/labels.js";
import { Trouble } from "../../pocket/src/core/trouble.js";

/** As a place that gives no more than it is asked for. */
function fetchOf(files) {
  return async (name, most) => {
    const found = files[name];
    if (found === undefined) return null;
    const bytes = Buffer.from(found, "base64");
    if (bytes.length > most) throw new Trouble("DamagedError", { key: "trouble.paper_long" });
    return new Uint8Array(bytes);
  };
}

async function verdict({ imprint, files, before }) {
  try {
    const { label, left } = await readLabel(imprint, fetchOf(files), {
      sha256,
      isHere: () => false,
      meter: { ...newMeter(), ...before },
    });
    return { label, left };
  } catch (error) {
    if (!(error instanceof Trouble)) return { kind: "crash", key: String(error.stack) };
    return { kind: error.kind, key: error.sentence.key };
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  process.stdout.write(`${JSON.stringify(await verdict(JSON.parse(line)))}\n`);
}
