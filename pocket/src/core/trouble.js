// The one error of core and engine: a kind that programs tell apart, and a sentence that people read.

/** @typedef {import("../types.js").Sentence} Sentence */

/**
 * Kinds are named as the classes of `magnitizdat.errors` for the same thing. `NotMineError` is apart from every other:
 * sealed to somebody else, so the next file or the next key is tried.
 * @typedef {"SourceError" | "NotFoundError" | "UnreachableError" | "DamagedError" | "NotMineError" | "NotVerifiedError"
 *   | "RolledBackError" | "ForkError" | "UnsupportedError" | "WrongPassphraseError" | "OverBudgetError" | "UsageError"
 *   | "Stopped"} Kind
 */

export class Trouble extends Error {
  /** @param {Kind} kind @param {Sentence} sentence @param {unknown} [cause] */
  constructor(kind, sentence, cause) {
    super(`${kind}: ${sentence.key}`, { cause });
    this.name = "Trouble";
    this.kind = kind;
    this.sentence = sentence;
  }
}

/** Whether it is trouble of this kind. @param {unknown} error @param {Kind} kind @returns {error is Trouble} */
export const isKind = (error, kind) => error instanceof Trouble && error.kind === kind;

/** Makes trouble of one kind, by its sentence's key. @param {Kind} kind @param {string} [said] where no key is given */
const ofKind =
  (kind, said = "") =>
  (/** @type {string} */ key = said, /** @type {unknown} */ cause = undefined) =>
    new Trouble(kind, { key }, cause);

export const damaged = ofKind("DamagedError", "trouble.damaged");
export const notMine = ofKind("NotMineError");
export const notVerified = ofKind("NotVerifiedError");
export const unsupported = ofKind("UnsupportedError");
