// From files and a secret to what a reel holds: nothing of the music is decrypted on the way.
import { ahead } from "../core/ahead.js";
import { parseIdentity } from "../core/age_keys.js";
import { BUDGETS, newMeter } from "../core/budgets.js";
import { sha256 } from "../core/digests.js";
import { Keyring } from "../core/keyring.js";
import { readLabel } from "../core/labels.js";
import { Reel, headerOf } from "../core/reel.js";
import { FIRST_LOOK, sortOut } from "../core/sorting.js";
import { Spool } from "../core/spool.js";
import { Trouble, damaged, notMine } from "../core/trouble.js";
import { unlocked } from "./unlocking.js";

/** @typedef {import("../core/age_header.js").Header} Header */
/** @typedef {import("../core/sorting.js").SealedFile} SealedFile */
/** @typedef {import("../core/sorting.js").Sorted} Sorted */
/** @typedef {import("../types.js").Catalogue} Catalogue */
/** @typedef {import("../types.js").GivenFile} GivenFile */
/** @typedef {import("../types.js").Label} Label */
/** @typedef {import("../types.js").Progress} Progress */
/** @typedef {import("../types.js").Secret} Secret */
/** @typedef {import("../types.js").Sentence} Sentence */
/** @typedef {import("./life.js").Life} Life */
/** @typedef {import("./unlocking.js").Locked} Locked */

const AT_ONCE = 4;
const LETTER_LENGTHS = [65_536, 1_048_576]; // as `formats/letter_file.py`
const TOO_MANY = "trouble.too_many_people";

/**
 * A sealed file, its place among them, and its header; null where that is long, and read once more.
 * @typedef {{ file: SealedFile, number: number, header: Header | null }} Sealed
 */

/** One opening of one reel: what it found on the way is what is said where nothing opens. */
export class Opening {
  /** @param {Life} life @param {Progress} progress */
  constructor(life, progress) {
    this.life = life;
    this.progress = progress;
    this.reel = new Reel(life.pause);
    this.spool = new Spool(this.reel);
    this.byWords = false;
    this.foreign = 0;
    /** Of the lengths that letters have: whether they are some nobody can tell. */
    this.letters = 0;
    this.unreadable = 0;
    this.gone = 0;
    /** @type {Trouble | null} */
    this.refusal = null;
  }

  /**
   * What is in the reel, verified.
   *
   * Throws: SourceError where no reel is among the files, WrongPassphraseError, NotMineError, DamagedError,
   * OverBudgetError, UnreachableError, Stopped.
   * @param {readonly GivenFile[]} files
   * @param {Secret} secret
   * @returns {Promise<Catalogue>}
   */
  async open(files, secret) {
    return this.catalogue(await this.openReel(files, secret));
  }

  /** Opens the segments; nothing of any label is read. Throws: as `open`. @param {readonly GivenFile[]} files @param {Secret} secret */
  async openReel(files, secret) {
    const sorted = await sortOut(files, (done) => this.step("progress.looking", done, files.length));
    this.unreadable = sorted.unreadable;
    this.gone = sorted.gone;
    const sealed = await this.headers(sorted);
    const locked = sealed.filter(({ header }) => isWordSealed(header));
    this.byWords = "words" in secret;
    const lacksWords = sorted.cutOff > 0 && !locked.length && this.byWords;
    if (!sealed.length || lacksWords) throw this.nothingOpens(sorted, false); // and nothing is said of the words
    const keyring = new Keyring([await this.identity(locked, secret)]);
    try {
      await this.openSegments(sealed, keyring);
    } finally {
      keyring.forget();
    }
    if (!this.reel.segments.size) throw this.nothingOpens(sorted, locked.length > 0 && !this.byWords);
    return sorted;
  }

  /** Waits where others want their turn. @param {string} doing @param {number} done @param {number} total */
  step(doing, done, total) {
    this.progress(doing, done, total);
    return this.life.pause();
  }

  /** @param {Sorted} sorted */
  async headers({ sealed }) {
    /** @type {Sealed[]} */
    const found = [];
    for await (const { item, answer } of ahead(sealed, AT_ONCE, (file) =>
      this.tried(file, () => headerOf(file.source)),
    )) {
      if (answer) found.push({ file: item, number: found.length, header: answer.length <= FIRST_LOOK ? answer : null });
    }
    return found;
  }

  /** @param {readonly Sealed[]} locked @param {Secret} secret */
  identity(locked, secret) {
    if ("identity" in secret) return parseIdentity(secret.identity);
    const progress = (/** @type {number} */ part) => this.progress("progress.words", Math.round(part * 100), 100);
    return unlocked(/** @type {readonly Locked[]} */ (locked), secret.words, this.life, progress);
  }

  /** @param {readonly Sealed[]} sealed @param {Keyring} keyring */
  async openSegments(sealed, keyring) {
    // Those for few people first: another's reel for many beside it would use up what is tried.
    const segments = sealed
      .filter(({ header }) => !isWordSealed(header))
      .sort((one, other) => people(one) - people(other));
    const add = (/** @type {Sealed} */ each) =>
      this.tried(each.file, () => this.addSegment(each, keyring), LETTER_LENGTHS.includes(each.file.source.length));
    let done = 0;
    for await (const _ of ahead(segments, AT_ONCE, add)) {
      this.reel.requireRoom();
      done += 1;
      await this.step("progress.opening", done, segments.length);
    }
    this.reel.finish();
  }

  /** @param {Sealed} sealed @param {Keyring} keyring */
  async addSegment({ file, number, header }, keyring) {
    await this.reel.add(file, number, header ?? (await headerOf(file.source)), keyring);
  }

  /**
   * What a file says; nothing where it is foreign or damaged, which is counted once of it and its copies, and stops nothing.
   * @template Answer
   * @param {SealedFile} file
   * @param {() => Promise<Answer>} ask
   * @param {boolean} [likeLetter]
   * @returns {Promise<Answer | null>}
   */
  async tried({ again }, ask, likeLetter = false) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Trouble) || error.kind === "Stopped") throw error;
      if (error.kind === "NotMineError") this[likeLetter ? "letters" : "foreign"] += Number(!again);
      else if (error.kind === "UnreachableError") this.gone += Number(!again);
      else this.unreadable += Number(!again);
      if (error.kind === "OverBudgetError" || error.sentence.key === TOO_MANY) this.refusal ??= error;
      return null;
    }
  }

  /** @param {Sorted} sorted @param {boolean} wordSealed and a key was given */
  nothingOpens(sorted, wordSealed) {
    if (this.refusal) return this.refusal;
    if (this.gone) return new Trouble("UnreachableError", { key: "trouble.gone" });
    if (wordSealed) return notMine("trouble.needs_words");
    if (this.foreign || this.letters) return notMine("trouble.not_for_you");
    if (sorted.cutOff) return damaged("trouble.breaks_off");
    if (this.unreadable) return damaged("trouble.nothing_opens");
    return new Trouble("SourceError", { key: sorted.packed ? "trouble.packed" : "trouble.no_reel" });
  }

  /** @param {Sorted} sorted @returns {Promise<Catalogue>} */
  async catalogue(sorted) {
    const imprints = this.spool.imprints();
    const looked = imprints.slice(0, BUDGETS.labels.most);
    const tools = { sha256, isHere: this.spool.isHere.bind(this.spool), meter: newMeter() };
    /** @type {Label[]} */
    const labels = [];
    /** @type {{ imprint: string, why: Sentence }[]} */
    const refused = [];
    const notes = this.notes(sorted, imprints.length);
    for (const [number, imprint] of looked.entries()) {
      await this.step("progress.papers", number, looked.length);
      try {
        const { label, left } = await readLabel(imprint, this.papersOf(imprint), tools);
        labels.push(label);
        notes.push(...left.notes, ...left.bad);
      } catch (error) {
        if (!(error instanceof Trouble) || ["Stopped", "UnreachableError"].includes(error.kind)) throw error;
        refused.push({ imprint, why: error.sentence });
      }
    }
    this.spool.close();
    const { segments, decryptedBytes } = this.reel;
    const passedOver = sorted.passedOver;
    const counts = { passedOver, segments: segments.size, unreadable: this.unreadable + this.gone, decryptedBytes };
    return { labels, refused, notes, ...counts };
  }

  /** @param {string} imprint @returns {(name: string, most: number) => Promise<Uint8Array | null>} */
  papersOf(imprint) {
    return async (name, most) => {
      await this.life.pause();
      return this.spool.paper(imprint, name, most);
    };
  }

  /** @param {Sorted} sorted @param {number} labels @returns {Sentence[]} */
  notes(sorted, labels) {
    const counted = (/** @type {string} */ key, /** @type {number} */ count) =>
      count > 0 ? [{ key, values: { count } }] : [];
    return [
      ...(labels ? [] : [{ key: "note.no_labels" }]),
      ...counted(this.byWords ? "note.other_words" : "note.foreign", this.foreign),
      ...counted("note.packed", sorted.packed),
      ...(sorted.cutOff ? [{ key: "note.breaks_off", values: { count: sorted.came } }] : []),
      ...(labels > BUDGETS.labels.most
        ? [{ key: BUDGETS.labels.key, values: { left: labels - BUDGETS.labels.most } }]
        : []),
    ];
  }

  /** Overwrites keys and what was decrypted. */
  forget() {
    this.spool.forget();
  }
}

/** @param {Sealed} sealed */
const people = ({ header }) => header?.stanzas.length ?? Infinity;

/** @param {Header | null} header */
const isWordSealed = (header) => header?.stanzas.some(({ args }) => args[0] === "scrypt") ?? false;
