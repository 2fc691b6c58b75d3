// One paper of a label: bytes in, what it states out, and who signed it. What is verified is the canonical form of what
// was received, so nothing that this reader does not know is left out of it.
import { BUDGETS, check } from "./budgets.js";
import { hex } from "./bytes.js";
import { verifies } from "./ed25519.js";
import { canonical, parse } from "./json.js";
import { notVerified, unsupported } from "./trouble.js";
import { commonForm, broken, listOf, objectOf, textOf } from "./tuf_forms.js";

/** @typedef {import("./budgets.js").Meter} Meter */
/** @typedef {import("./json.js").JsonObject} JsonObject @typedef {import("./json.js").Json} Json */
/** @typedef {import("./tuf_forms.js").Role} Role @typedef {import("./tuf_forms.js").RootForm} RootForm */
/** @typedef {import("./tuf_forms.js").Key} Key */

/**
 * `bytes` are its own, `canonical` the form of what is signed; `signatures` as text by the name of their key. `verified`
 * says by key and signature whether the one made the other, as far as anybody asked.
 * @template Form
 * @typedef {{ role: Role, version: number, form: Form, signed: JsonObject, bytes: Uint8Array, canonical: Uint8Array,
 *   signatures: Map<string, Json>, verified: Map<string, boolean> }} Statement
 */

/**
 * Reads a paper; verifies no signature. Throws: DamagedError, OverBudgetError.
 * @template Form
 * @param {Role} role @param {Uint8Array} bytes @param {number} most @param {(signed: JsonObject) => Form} formOf
 * @returns {Statement<Form>}
 */
export function readStatement(role, bytes, most, formOf) {
  const raw = objectOf(parse(bytes, most));
  const signatures = listOf(raw.get("signatures"));
  check(BUDGETS.signatures, signatures.length);
  const signed = objectOf(raw.get("signed"));
  const version = commonForm(signed, role);
  return {
    ...{ role, version, signed, bytes, form: formOf(signed), canonical: canonical(signed) },
    ...{ signatures: byKey(signatures), verified: new Map() },
  };
}

/** @param {Json[]} signatures */
function byKey(signatures) {
  /** @type {Map<string, Json>} */
  const found = new Map();
  for (const each of signatures) {
    const [keyId, made] = [textOf(objectOf(each).get("keyid")), objectOf(each).get("sig")];
    if (found.has(keyId) || made === undefined) broken();
    found.set(keyId, made);
  }
  return found;
}

/**
 * That enough of the different public keys which a root names for a paper signed it: keys are counted, not their names.
 * Throws: NotVerifiedError; UnsupportedError where keys of other kinds could be those that are lacking.
 * @param {RootForm} root @param {Statement<unknown>} statement @param {Meter} meter
 */
export function requireSigned(root, statement, meter) {
  if (isSigned(root, statement, meter)) return;
  const need = threshold(root, statement.role);
  const others = keysOf(root, statement.role).filter(([keyId, key]) => !isOurs(key) && statement.signatures.has(keyId));
  const own = signers(root, statement, meter, need).size;
  if (others.length && own + others.length >= need) throw unsupported("trouble.label.key_kind");
  throw notVerified("trouble.label.unsigned");
}

/** @param {RootForm} root @param {Statement<unknown>} statement @param {Meter} meter */
export function isSigned(root, statement, meter) {
  const need = threshold(root, statement.role);
  return signers(root, statement, meter, need).size >= need;
}

/** @param {RootForm} root @param {Role} role */
const threshold = (root, role) => root.roles.get(role)?.threshold ?? broken();

/** Different public keys in hex that signed, at most `most`. @param {RootForm} root @param {Statement<unknown>} statement @param {Meter} meter @param {number} most */
function signers(root, statement, meter, most) {
  const found = new Set();
  for (const [keyId, key] of keysOf(root, statement.role)) {
    if (found.size >= most) break;
    const signature = statement.signatures.get(keyId);
    const [publicKey, made] = [isOurs(key) ? octets(key.publicText) : null, octets(signature)];
    if (publicKey && made && isBy(publicKey, made, statement, meter)) found.add(hex(publicKey));
  }
  return found;
}

/** Keys that a root names for a role and has. @param {RootForm} root @param {Role} role @returns {[string, Key][]} */
function keysOf(root, role) {
  return (root.roles.get(role)?.keyIds ?? []).flatMap((keyId) => {
    const key = root.keys.get(keyId);
    return key ? [/** @type {[string, Key]} */ ([keyId, key])] : [];
  });
}

/** @param {Key} key */
const isOurs = (key) => key.keyType === "ed25519" && key.scheme === "ed25519";

/** @param {Uint8Array} key @param {Uint8Array} signature @param {Statement<unknown>} statement @param {Meter} meter */
function isBy(key, signature, statement, meter) {
  const pair = `${hex(key)} ${hex(signature)}`;
  const known = statement.verified.get(pair);
  if (known !== undefined) return known;
  check(BUDGETS.signatureChecks, (meter.signatureChecks += 1));
  const found = verifies(key, statement.canonical, signature);
  statement.verified.set(pair, found);
  return found;
}

/** The bytes of hex as Python reads it: in either case, with spaces between bytes. @param {Json | undefined} text */
function octets(text) {
  if (typeof text !== "string" || !/^[ \t\n\r\f\v]*(?:[0-9a-fA-F]{2}[ \t\n\r\f\v]*)*$/.test(text)) return null;
  const digits = text.match(/[0-9a-fA-F]{2}/g) ?? [];
  return Uint8Array.from(digits, (each) => parseInt(each, 16));
}
