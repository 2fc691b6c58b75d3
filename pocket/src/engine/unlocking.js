// The key that opens a reel: as it was pasted, or inside the file that six words open.
import { openSealed } from "../core/age.js";
import { ScryptIdentity, parseIdentity } from "../core/age_keys.js";
import { BUDGETS, check } from "../core/budgets.js";
import { ascii, hex, overwrite } from "../core/bytes.js";
import { Trouble, damaged, isKind, notMine } from "../core/trouble.js";
import { lookAgain, normalWords } from "../core/words.js";
import { readMember, readTable } from "../core/zip.js";

/** @typedef {import("../core/age_keys.js").Identity} Identity */
/** @typedef {import("../core/age_header.js").Header} Header */
/** @typedef {{ file: import("../core/sorting.js").SealedFile, header: Header }} Locked */
/** @typedef {import("../types.js").ReadAt} ReadAt */
/** @typedef {import("./life.js").Life} Life */

const IDENTITY_NAME = "identity.txt";
const MOST_IDENTITY = 4096;

/**
 * The identity that six words open. What was typed is tried in two readings at most, each costing a second; what does
 * not open a file opens no copy of it.
 *
 * Throws: WrongPassphraseError, NotMineError where no file is sealed to words, DamagedError, OverBudgetError, Stopped.
 * @param {readonly Locked[]} locked
 * @param {string} typed
 * @param {Life} life
 * @param {(part: number) => void} progress from 0 to 1
 * @returns {Promise<Identity>}
 */
export async function unlocked(locked, typed, life, progress) {
  const readings = [...new Set([normalWords(typed), typed.trim()])].slice(0, BUDGETS.wordTries.most);
  const failures = [];
  const [seen, wrong] = [new Set(), new Set()];
  const firsts = locked.filter(({ header }) => seen.size < seen.add(hex(header.mac)).size); // a header is made once
  const steps = Math.min(locked.length, BUDGETS.wordFiles.most) * readings.length;
  let tried = 0;
  for (const { file, header } of new Set([...firsts, ...locked])) {
    if (wrong.has(hex(header.mac))) continue;
    if (tried === BUDGETS.wordFiles.most) break;
    tried += 1;
    for (const [reading, words] of readings.entries()) {
      const before = (tried - 1) * readings.length + reading;
      const found = await tryWords(file.source, words, life, (part) => progress((before + part) / steps));
      if (!(found instanceof Trouble)) return found;
      failures.push(found);
      if (found.kind !== "WrongPassphraseError") break;
      wrong.add(hex(header.mac));
    }
  }
  throw whyNot(failures, typed, firsts.length);
}

/** @param {ReadAt} source @param {string} words @param {Life} life @param {(part: number) => void} progress */
async function tryWords(source, words, life, progress) {
  const identity = new ScryptIdentity(words, { progress: (part) => (life.check(), progress(part)) });
  try {
    const stream = await openSealed(source, [identity], life.pause);
    try {
      return await identityIn(stream);
    } finally {
      stream.forget();
    }
  } catch (error) {
    if (!(error instanceof Trouble) || ["Stopped", "UnsupportedError"].includes(error.kind)) throw error;
    return error;
  } finally {
    identity.forget();
  }
}

/** @param {ReadAt} stream */
async function identityIn(stream) {
  const member = (await readTable(stream)).find(({ name }) => name === IDENTITY_NAME);
  if (!member || member.length > MOST_IDENTITY) throw damaged("trouble.words_damaged");
  const bytes = await readMember(stream, member);
  try {
    return parseIdentity(ascii(bytes) ?? "");
  } finally {
    overwrite(bytes);
  }
}

/** What to say of words that opened nothing: of several reasons the one that helps. @param {readonly Trouble[]} failures @param {string} typed @param {number} locked */
function whyNot(failures, typed, locked) {
  if (!failures.length) return notMine("trouble.no_words");
  if (failures.some((each) => isKind(each, "WrongPassphraseError"))) {
    check(BUDGETS.wordFiles, locked);
    return new Trouble("WrongPassphraseError", lookAgain(typed) ?? { key: "trouble.wrong_words" });
  }
  const over = failures.find((each) => isKind(each, "OverBudgetError"));
  if (over) return over;
  const gone = failures.find((each) => isKind(each, "UnreachableError"));
  return gone ?? damaged("trouble.words_damaged");
}
