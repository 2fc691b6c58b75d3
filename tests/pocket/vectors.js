// The C2SP/CCTV vectors of age, from a folder that `MAG_VECTORS` names or that lies beside the checkout.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";

const beside = fileURLToPath(new URL("../../../shared/vectors", import.meta.url));
const folder = `${process.env.MAG_VECTORS || beside}/age/testdata`;

/** Why there are none, or false. */
const missing = !existsSync(folder);
export const noVectors =
  missing && process.env.MAG_REQUIRE !== "1" ? "no age vectors here: MAG_VECTORS names their folder" : false;

export const vectors = missing ? [] : readdirSync(folder).sort().map(readVector);

/** @param {string} name */
function readVector(name) {
  const file = readFileSync(`${folder}/${name}`);
  const end = file.indexOf("\n\n");
  /** @type {Record<string, string[]>} */
  const fields = {};
  for (const line of file.subarray(0, end).toString().split("\n")) {
    const at = line.indexOf(": ");
    (fields[line.slice(0, at)] ??= []).push(line.slice(at + 2));
  }
  const sealed = fields.compressed ? inflateSync(file.subarray(end + 2)) : file.subarray(end + 2);
  return {
    name,
    expect: fields.expect[0],
    payload: fields.payload?.[0] ?? null,
    fileKey: new Uint8Array(Buffer.from(fields["file key"][0], "hex")),
    identities: fields.identity ?? [],
    passphrases: fields.passphrase ?? [],
    armored: "armored" in fields,
    sealed: new Uint8Array(sealed),
  };
}
