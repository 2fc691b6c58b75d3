// The form of a label's papers (TUF 1.0 metadata): what each field has to be before anything is believed of it.
// Fields that are not known here say nothing here: newer writers may add some.
import { damaged } from "./trouble.js";

/** @typedef {import("./json.js").Json} Json @typedef {import("./json.js").JsonObject} JsonObject */
/** @typedef {"root" | "timestamp" | "snapshot" | "targets"} Role */
/** @typedef {{ keyType: string, scheme: string, publicText: string }} Key */
/** @typedef {{ keyIds: readonly string[], threshold: number }} Named — who signs for a role, and how many of them */
/** @typedef {{ version: number, length: Json, hashes: JsonObject | null }} MetaFile */
/** @typedef {{ length: number | bigint, hashes: JsonObject }} Target */
/** @typedef {{ keys: Map<string, Key>, roles: Map<string, Named>, consistent: boolean }} RootForm */
/** @typedef {{ targets: Map<string, Target>, delegates: boolean }} TargetsForm */

/** Versions from here on are not the same number to every reader of JSON. */
const TOO_HIGH = 2 ** 53;
/** @type {readonly Role[]} */
export const ROLES = ["root", "timestamp", "snapshot", "targets"];
const SPECIFICATION = /^1(\.[0-9]+){1,2}$/;
const EXPIRES = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z$/;

/** Kinds of keys that the big program verifies with; of any other it says nothing, as of a key that is not there. */
const VERIFIED_ELSEWHERE = [
  /^ed25519 ed25519$/,
  /^ecdsa ecdsa-sha2-nistp(?:256|384|521)$/,
  /^(ecdsa-sha2-nistp(?:256|384|521)) \1$/,
  /^ml-dsa ml-dsa-(?:44|65|87)\/1$/,
  /^rsa rsa(?:ssa-pss|-pkcs1v15)-sha(?:256|384|512)$/,
];

/** @returns {never} */
export function broken() {
  throw damaged("trouble.paper_damaged");
}

/** @param {Json | undefined} json @returns {JsonObject} */
export const objectOf = (json) => (json instanceof Map ? json : broken());

/** @param {Json | undefined} json @returns {Json[]} */
export const listOf = (json) => (Array.isArray(json) ? json : broken());

/** @param {Json | undefined} json @returns {string} */
export const textOf = (json) => (typeof json === "string" ? json : broken());

/** A version or a threshold. @param {Json | undefined} json @returns {number} */
export function countOf(json) {
  if (typeof json !== "number" || json <= 0 || json >= TOO_HIGH) broken();
  return json;
}

/** What every paper says. @param {JsonObject} signed @param {Role} role @returns {number} its version */
export function commonForm(signed, role) {
  if (signed.get("_type") !== role) broken();
  const version = countOf(signed.get("version"));
  if (!SPECIFICATION.test(textOf(signed.get("spec_version")))) broken();
  if (!isMoment(textOf(signed.get("expires")))) broken();
  return version;
}

/** Whether it is a second of the calendar, as TUF writes them. @param {string} text */
function isMoment(text) {
  const found = EXPIRES.exec(text);
  if (!found) return false;
  const [year, month, day, hour, minute, second] = found.slice(1).map(Number);
  const days = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60;
}

/** @param {JsonObject} signed @returns {RootForm} */
export function rootForm(signed) {
  const roles = new Map();
  for (const [name, role] of objectOf(signed.get("roles"))) roles.set(name, namedForm(objectOf(role)));
  if (roles.size !== ROLES.length || !ROLES.every((role) => roles.has(role))) broken();
  const consistent = signed.get("consistent_snapshot") ?? false;
  if (typeof consistent !== "boolean") broken();
  return { keys: keysForm(signed.get("keys")), roles, consistent };
}

/** @param {JsonObject} role @returns {Named} */
function namedForm(role) {
  const keyIds = listOf(role.get("keyids")).map(textOf);
  if (new Set(keyIds).size !== keyIds.length) broken();
  return { keyIds, threshold: countOf(role.get("threshold")) };
}

/** Keys of a kind that nobody verifies with are passed over, whatever their form. @param {Json | undefined} json */
function keysForm(json) {
  /** @type {Map<string, Key>} */
  const keys = new Map();
  for (const [keyId, each] of objectOf(json)) {
    const key = objectOf(each);
    const [keyType, scheme] = [textOf(key.get("keytype")), textOf(key.get("scheme"))];
    if (!VERIFIED_ELSEWHERE.some((kinds) => kinds.test(`${keyType} ${scheme}`))) continue;
    keys.set(keyId, { keyType, scheme, publicText: textOf(objectOf(key.get("keyval")).get("public")) });
  }
  return keys;
}

/** What a timestamp says of the snapshot. @param {JsonObject} signed @returns {MetaFile} */
export function timestampForm(signed) {
  const meta = metasForm(signed).get("snapshot.json");
  return meta ?? broken();
}

/** What a snapshot says of the lists, by their names. @param {JsonObject} signed @returns {Map<string, MetaFile>} */
export function metasForm(signed) {
  const found = new Map();
  for (const [name, meta] of objectOf(signed.get("meta"))) found.set(name, metaForm(objectOf(meta)));
  return found;
}

/** @param {JsonObject} meta @returns {MetaFile} */
function metaForm(meta) {
  const [length, hashes] = [meta.get("length") ?? null, meta.get("hashes") ?? null];
  if (length !== null) lengthOf(length);
  return { version: countOf(meta.get("version")), length, hashes: hashes === null ? null : hashesForm(hashes) };
}

/** @param {Json | undefined} json */
function hashesForm(json) {
  const hashes = objectOf(json);
  if (!hashes.size || [...hashes.values()].some((hash) => typeof hash !== "string")) broken();
  return hashes;
}

/** @param {Json | undefined} json @returns {number | bigint} */
function lengthOf(json) {
  if ((typeof json !== "number" && typeof json !== "bigint") || json < 0) broken();
  return json;
}

/** @param {JsonObject} signed @returns {TargetsForm} */
export function targetsForm(signed) {
  const targets = new Map();
  for (const [path, each] of objectOf(signed.get("targets"))) {
    const target = objectOf(each);
    targets.set(path, { length: lengthOf(target.get("length")), hashes: hashesForm(target.get("hashes")) });
  }
  const delegations = signed.get("delegations");
  return { targets, delegates: delegations !== undefined && requireDelegations(objectOf(delegations)) };
}

/** That delegations are written as they should be; whether there are any. @param {JsonObject} delegations */
function requireDelegations(delegations) {
  keysForm(delegations.get("keys"));
  const [roles, bins] = [delegations.get("roles") ?? null, delegations.get("succinct_roles") ?? null];
  if ((roles === null) === (bins === null)) broken();
  if (bins !== null) return requireBins(objectOf(bins));
  const names = listOf(roles).map((role) => delegatedName(objectOf(role)));
  if (new Set(names).size !== names.length) broken();
  return names.length > 0;
}

/** @param {JsonObject} role */
function delegatedName(role) {
  namedForm(role);
  const name = textOf(role.get("name"));
  if (!name || ROLES.some((each) => each === name) || typeof role.get("terminating") !== "boolean") broken();
  const ways = [role.get("paths") ?? null, role.get("path_hash_prefixes") ?? null].filter((way) => way !== null);
  if (ways.length !== 1) broken();
  listOf(ways[0]).forEach(textOf);
  return name;
}

/** @param {JsonObject} bins */
function requireBins(bins) {
  namedForm(bins);
  textOf(bins.get("name_prefix"));
  if (countOf(bins.get("bit_length")) > 32) broken();
  return true;
}
