// Words for tests in Python: `{text}` a line in; the words of the list and where to look again out.
import { createInterface } from "node:readline";
import { lookAgain, normalWords } from "../../pocket/src/core/words.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { text } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify([normalWords(text), lookAgain(text)])}\n`);
}
