// Opens age files for tests in Python: one JSON document a line in, `{sealed, identity | passphrase, workMost}` in base64
// and text; one a line out, the SHA-256 of the plaintext or the kind of trouble.
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { openSealed } from "../../pocket/src/core/age.js";
import { ScryptIdentity, parseIdentity } from "../../pocket/src/core/age_keys.js";
import { BytesReader } from "../../pocket/src/core/bytes.js";
import { Trouble } from "../../pocket/src/core/trouble.js";

async function opened({ sealed, identity, passphrase, workMost }) {
  const key = identity ? parseIdentity(identity) : new ScryptIdentity(passphrase, { workMost });
  const stream = await openSealed(new BytesReader(new Uint8Array(Buffer.from(sealed, "base64"))), [key]);
  return createHash("sha256")
    .update(await stream.readAt(0, stream.length))
    .digest("hex");
}

for await (const line of createInterface({ input: process.stdin })) {
  const said = await opened(JSON.parse(line)).catch((error) => {
    if (!(error instanceof Trouble)) throw error;
    return error.kind;
  });
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
