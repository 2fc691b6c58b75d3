// What a label says, verified from its papers: the client workflow of TUF (specification 5.3 to 5.6), as the big program
// follows it for somebody who holds nothing of the label. Expiry never stops music. A reader without memory cannot tell
// an older copy from the newest, nor which of two branches it was given: nothing here says so.
import { BUDGETS, check } from "./budgets.js";
import { hex } from "./bytes.js";
import { imprintOf } from "./imprint.js";
import { isSigned, readStatement, requireSigned } from "./statements.js";
import { sha512 } from "./primitives.js";
import { Trouble, notVerified, unsupported } from "./trouble.js";
import { broken, metasForm, rootForm, targetsForm, timestampForm } from "./tuf_forms.js";

/** @typedef {import("./budgets.js").Meter} Meter */
/** @typedef {import("./tuf_forms.js").MetaFile} MetaFile @typedef {import("./tuf_forms.js").RootForm} RootForm */
/** @typedef {import("./tuf_forms.js").Target} Target */

/**
 * @typedef {(name: string, most: number) => Promise<Uint8Array | null>} Fetch — a paper of the label by its name within
 *   it, `metadata/…` or `targets/…`, of at most so many bytes; null where it is not there
 * @typedef {{ sha256: (bytes: Uint8Array) => Promise<Uint8Array>, meter: Meter }} Tools
 * @typedef {import("./statements.js").Statement<RootForm>} Root
 * @typedef {{ path: string, length: number, sha256: string, storedPath: string }} Listed — a document that a label signed
 * @typedef {{ imprint: string, version: number, signedOn: string, listed: readonly Listed[], delegates: boolean }} Verified —
 *   `delegates`: whether it leaves documents to lists of others, which nobody follows here
 */

const TARGET_PATH = /^[0-9a-f]{2}\/[0-9a-z][0-9a-z._-]{0,127}$/;
const DIGEST = /^[0-9a-f]{64}$/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/**
 * Throws: Trouble. NotFoundError where a paper is not there, DamagedError, NotVerifiedError, RolledBackError where keys
 * that were replaced signed it, UnsupportedError, OverBudgetError.
 * @param {string} imprint @param {Fetch} paperOf @param {Tools} tools @returns {Promise<Verified>}
 */
export async function verifyLabel(imprint, paperOf, tools) {
  const metadataOf = metered(paperOf, tools.meter);
  const roots = await verifiedRoots(imprint, metadataOf, tools);
  try {
    return { imprint, ...(await verifiedLists(roots, metadataOf, tools)) };
  } catch (error) {
    if (!(error instanceof Trouble) || error.kind !== "NotVerifiedError") throw error;
    if (!(await isFromBefore(roots, metadataOf, tools.meter))) throw error;
    throw new Trouble("RolledBackError", { key: "trouble.label.replaced_keys" }, error);
  }
}

/** Counts what labels send. @param {Fetch} paperOf @param {Meter} meter @returns {Fetch} */
const metered = (paperOf, meter) => async (name, most) => {
  const found = await paperOf(`metadata/${name}`, most);
  check(BUDGETS.metadata, (meter.metadata += found?.length ?? 0));
  return found;
};

/** @param {Fetch} paperOf @param {string} name @param {number} most */
async function required(paperOf, name, most) {
  const found = await paperOf(name, most);
  if (!found) throw new Trouble("NotFoundError", { key: "trouble.label.lacks_paper" });
  return found;
}

/** @param {Uint8Array} bytes @returns {Root} */
const readRoot = (bytes) => readStatement("root", bytes, BUDGETS.root.most, rootForm);

/** The whole chain, each signed by the one before and by itself (5.3). @param {string} imprint @param {Fetch} paperOf @param {Tools} tools */
async function verifiedRoots(imprint, paperOf, tools) {
  const first = readRoot(await required(paperOf, "1.root.json", BUDGETS.root.most));
  requireSigned(first.form, first, tools.meter);
  if (first.version !== 1) throw notVerified("trouble.label.other_keys");
  if (imprintOf(await tools.sha256(first.canonical)) !== imprint) throw notVerified("trouble.label.other_keys");
  const roots = [first];
  for (let length = first.bytes.length; ;) {
    const bytes = await paperOf(`${roots.length + 1}.root.json`, BUDGETS.root.most);
    if (!bytes) return roots;
    check(BUDGETS.rootChain, (length += bytes.length));
    roots.push(nextRoot(roots[roots.length - 1], bytes, tools.meter));
    if (roots.length > BUDGETS.roots.most) throw notVerified(BUDGETS.roots.key);
  }
}

/** @param {Root} before @param {Uint8Array} bytes @param {Meter} meter */
function nextRoot(before, bytes, meter) {
  const root = readRoot(bytes);
  if (root.version !== before.version + 1) throw notVerified("trouble.label.gap");
  requireSigned(before.form, root, meter);
  requireSigned(root.form, root, meter);
  return root;
}

/** Timestamp, snapshot and list, each named by the one before (5.4 to 5.6). @param {readonly Root[]} roots @param {Fetch} paperOf @param {Tools} tools */
async function verifiedLists(roots, paperOf, tools) {
  const root = roots[roots.length - 1].form;
  const timestamp = await readTimestamp(paperOf);
  requireSigned(root, timestamp, tools.meter);
  /** @type {(role: "snapshot" | "targets", meta: MetaFile) => Promise<Uint8Array>} */
  const named = async (role, meta) => {
    const name = root.consistent ? `${meta.version}.${role}.json` : `${role}.json`;
    const bytes = await required(paperOf, name, mostOf(meta, BUDGETS[role].most));
    await requireBytes(meta, bytes, tools);
    return bytes;
  };
  const snapshotBytes = await named("snapshot", timestamp.form);
  const snapshot = readStatement("snapshot", snapshotBytes, BUDGETS.snapshot.most, metasForm);
  requireSigned(root, snapshot, tools.meter);
  requireVersion(snapshot, timestamp.form);
  const meta = snapshot.form.get("targets.json");
  if (!meta) throw notVerified("trouble.label.mixed");
  const targetsBytes = await named("targets", meta);
  const targets = readStatement("targets", targetsBytes, BUDGETS.targets.most, targetsForm);
  requireSigned(root, targets, tools.meter);
  requireVersion(targets, meta);
  const listed = [...targets.form.targets].map(([path, target]) => listedOf(path, target));
  return { version: targets.version, signedOn: signedOn(timestamp), listed, delegates: targets.form.delegates };
}

/** @param {Fetch} paperOf */
async function readTimestamp(paperOf) {
  const bytes = await required(paperOf, "timestamp.json", BUDGETS.timestamp.most);
  return readStatement("timestamp", bytes, BUDGETS.timestamp.most, timestampForm);
}

/** As many bytes as are worth asking for. @param {MetaFile} meta @param {number} most */
const mostOf = (meta, most) => (typeof meta.length === "number" && meta.length ? Math.min(meta.length, most) : most);

/** Length and digests as stated. @param {MetaFile} meta @param {Uint8Array} bytes @param {Tools} tools */
async function requireBytes(meta, bytes, tools) {
  if (meta.length !== null && meta.length !== bytes.length) throw notVerified("trouble.label.mixed");
  for (const [algorithm, stated] of meta.hashes ?? []) {
    if (hex(await digestBy(algorithm, bytes, tools)) !== stated) throw notVerified("trouble.label.mixed");
  }
}

/** @param {string} algorithm @param {Uint8Array} bytes @param {Tools} tools */
async function digestBy(algorithm, bytes, tools) {
  if (algorithm === "sha256") return tools.sha256(bytes);
  if (algorithm === "sha512") return sha512(bytes);
  throw unsupported("trouble.label.digest_kind");
}

/** @param {{ version: number }} statement @param {MetaFile} meta */
function requireVersion(statement, meta) {
  if (statement.version !== meta.version) throw notVerified("trouble.label.mixed");
}

/** Whether keys signed it that a root has replaced since. @param {readonly Root[]} roots @param {Fetch} paperOf @param {Meter} meter */
async function isFromBefore(roots, paperOf, meter) {
  try {
    const timestamp = await readTimestamp(paperOf);
    const signed = roots.map((root) => isSigned(root.form, timestamp, meter));
    return signed.includes(true) && !signed[signed.length - 1];
  } catch (error) {
    if (error instanceof Trouble) return false;
    throw error;
  }
}

/** The publisher's date, empty where it says none that could be one. @param {{ signed: import("./json.js").JsonObject }} timestamp */
function signedOn(timestamp) {
  const said = timestamp.signed.get("x-signed-on");
  return typeof said === "string" && DATE.test(said) ? said : "";
}

/** @param {string} path @param {Target} target @returns {Listed} */
function listedOf(path, target) {
  const sha256 = target.hashes.get("sha256");
  if (!TARGET_PATH.test(path) || typeof sha256 !== "string" || !DIGEST.test(sha256)) broken();
  const [folder, name] = path.split("/");
  return { path, length: Number(target.length), sha256, storedPath: `targets/${folder}/${sha256}.${name}` };
}
