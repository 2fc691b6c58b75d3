// Keys of a kind that nobody verifies with are as keys that are not there: python-tuf's table, and nothing beside it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ROLES, rootForm } from "../../pocket/src/core/tuf_forms.js";

const CURVES = ["256", "384", "521"].map((bits) => `ecdsa-sha2-nistp${bits}`);
const HASHES = ["sha256", "sha384", "sha512"];
const KNOWN = new Set([
  "ed25519 ed25519",
  ...CURVES.map((curve) => `ecdsa ${curve}`),
  ...CURVES.map((curve) => `${curve} ${curve}`),
  ...["44", "65", "87"].map((size) => `ml-dsa ml-dsa-${size}/1`),
  ...HASHES.flatMap((hash) => [`rsa rsassa-pss-${hash}`, `rsa rsa-pkcs1v15-${hash}`]),
]);

/** A root with one key. */
function kept(keytype, scheme) {
  const key = new Map(Object.entries({ keytype, scheme, keyval: new Map([["public", "00"]]) }));
  const role = new Map(Object.entries({ keyids: ["a"], threshold: 1 }));
  const roles = new Map(ROLES.map((name) => [name, role]));
  return rootForm(new Map(Object.entries({ keys: new Map([["a", key]]), roles }))).keys.has("a");
}

test("every kind with every scheme: kept are those of the table", () => {
  const pairs = [...KNOWN].map((each) => each.split(" "));
  const types = new Set([...pairs.map(([type]) => type), "", "Ed25519", "ed25519 ", "sphincs", "ed25519\n"]);
  const schemes = new Set([...pairs.map(([, scheme]) => scheme), "", "ed25519ph", "ed25519\n", "rsassa-pss-sha224"]);
  for (const type of types) {
    for (const scheme of schemes) assert.equal(kept(type, scheme), KNOWN.has(`${type} ${scheme}`), `${type} ${scheme}`);
  }
});
