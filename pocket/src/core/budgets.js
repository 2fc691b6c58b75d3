// The one table of budgets: how much of each thing whoever made a reel may send, and what is said of more. Looked at
// before memory is taken. What of it the big program has too is the same there (`formats/budgets.py`).
import { Trouble } from "./trouble.js";

/** @typedef {{ readonly most: number, readonly key: string }} Budget — `key` is the sentence that is said of more */

const [KIB, MIB] = [1 << 10, 1 << 20];

export const BUDGETS = {
  /** Files that are given at once. */
  files: { most: 20_000, key: "trouble.too_many_files" },
  /** Bytes of the header of an age file: room for 1 024 recipients and more. */
  header: { most: 128 * KIB, key: "trouble.damaged" },
  /** Power of two of scrypt's work for the six words: 128 MiB of memory. */
  wordsWork: { most: 17, key: "trouble.work" },
  /** Files of one reel on which the six words are tried, and readings of what was typed: each costs a second. */
  wordFiles: { most: 4, key: "trouble.many_word_files" },
  wordTries: { most: 2, key: "trouble.wrong_words" },
  /** Members of all ZIPs of a reel. */
  members: { most: 200_000, key: "trouble.members_of_reel" },

  jsonDepth: { most: 32, key: "trouble.budget.json_depth" },
  jsonValues: { most: 1_000_000, key: "trouble.budget.json_values" },

  labels: { most: 64, key: "note.more_labels" },
  /** Bytes of the papers of a label, by what they are. */
  root: { most: 512_000, key: "trouble.paper_long" },
  timestamp: { most: 16_384, key: "trouble.paper_long" },
  snapshot: { most: 2_000_000, key: "trouble.paper_long" },
  targets: { most: 8_000_000, key: "trouble.paper_long" },
  /** Roots in one chain, and bytes of all of them. */
  roots: { most: 1_024, key: "trouble.budget.roots" },
  rootChain: { most: 4 * MIB, key: "trouble.budget.roots" },
  /** Signatures on one paper. */
  signatures: { most: 64, key: "trouble.budget.signatures" },
  /** Signatures of a reel that are verified: one takes a millisecond here, and thirty without a JIT. */
  signatureChecks: { most: 2_048, key: "trouble.budget.signature_checks" },
  /** Bytes of the roots and lists of all labels of a reel. */
  metadata: { most: 16 * MIB, key: "trouble.budget.metadata" },

  release: { most: 16 * MIB, key: "trouble.document.long" },
  labelDocument: { most: 256 * KIB, key: "trouble.document.long" },
  /** Bytes of all documents of a reel, and tracks on all its albums. */
  documents: { most: 64 * MIB, key: "trouble.budget.documents" },
  tracks: { most: 200_000, key: "trouble.budget.tracks" },
  /** Values in all these documents: mag's own of 64 MiB hold 4.7 million. */
  values: { most: 5_000_000, key: "trouble.budget.documents" },

  /** Bytes of a cover, and its pixels as its own header says. */
  cover: { most: 8 * MIB, key: "cover.long" },
  coverPixels: { most: 16 * MIB, key: "cover.long" },
  /** Bytes of a track that is played; a longer one is only saved. */
  audio: { most: 512 * MIB, key: "song.long" },
  /** Bytes of a text that is shown. */
  text: { most: 64 * KIB, key: "text.cut" },
};

/** Throws: OverBudgetError where there is more than is allowed. @param {Budget} budget @param {number} amount */
export function check(budget, amount) {
  if (amount > budget.most) throw new Trouble("OverBudgetError", { key: budget.key, values: { most: budget.most } });
}

/**
 * What one reel has sent so far, of all its labels together.
 * @typedef {{ metadata: number, documents: number, values: number, tracks: number, signatureChecks: number }} Meter
 * @returns {Meter}
 */
export const newMeter = () => ({ metadata: 0, documents: 0, values: 0, tracks: 0, signatureChecks: 0 });
