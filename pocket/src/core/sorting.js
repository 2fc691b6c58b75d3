// What somebody gave, sorted out by its content: names say nothing, for messengers and phones change them.
import { ahead } from "./ahead.js";
import { BUDGETS, check } from "./budgets.js";
import { Stretch, encoded, startsWith } from "./bytes.js";
import { Trouble } from "./trouble.js";
import { beginsLikeZip, readTable } from "./zip.js";
import { membersBeforeBreak } from "./zip_salvage.js";

/** @typedef {import("../types.js").GivenFile} GivenFile */
/** @typedef {import("../types.js").ReadAt} ReadAt */
/** @typedef {import("./zip.js").Member} Member */

/** Bytes of each that are looked at; the header of a reel of ours for a few people lies in them. */
export const FIRST_LOOK = 4096;
const AT_ONCE = 8;

const AGE = encoded("age-encryption.org/v1\n");
const PAR2 = encoded("PAR2\0PKT");
const POST = /(?:^|\/)post$/i;
const HIDDEN = /(?:^|\/)\.[^/]/; // what systems leave beside each file: `._k3f9a2qz.age` is none of a reel
const SEALED_NAME = /\.age$/i;

/**
 * A sealed file of which the beginning is in memory; `source` asks nobody for what lies in it. `again`: one of that name
 * and length was there before, so that it is told of once.
 * @typedef {{ readonly path: string, readonly source: ReadAt, readonly again: boolean }} SealedFile
 */

/**
 * What was found. `passedOver` counts what is none of a reel: letters and spare parts are not; `unreadable` counts files that
 * are called as sealed ones and are none any more; `gone` those that no medium gave. `packed`: archives that are
 * not of the kind that holds a reel as one file; `cutOff`: those that break off or whose list lies, `came`: their files that did not.
 * @typedef {{ sealed: SealedFile[], passedOver: number, unreadable: number, gone: number, packed: number, cutOff: number, came: number }} Sorted
 */

/** A file whose first bytes are known. @implements {ReadAt} */
class Begun {
  /** @param {ReadAt} file @param {Uint8Array} begin */
  constructor(file, begin) {
    this.file = file;
    this.begin = begin;
  }

  get length() {
    return this.file.length;
  }

  /** @param {number} offset @param {number} length */
  async readAt(offset, length) {
    const end = Math.min(offset + length, this.length);
    return end <= this.begin.length ? this.begin.subarray(offset, end) : this.file.readAt(offset, length);
  }
}

/** Without what is known of the beginning, which is let go once a header was read. @param {ReadAt} source */
export const bare = (source) => (source instanceof Begun ? source.file : source);

/**
 * Sorts out all that was given; the members of a stored archive count as files of their own, one level deep.
 *
 * Throws: OverBudgetError for more files than are looked at.
 * @param {readonly GivenFile[]} files
 * @param {(done: number) => Promise<void>} [breathe] called between files
 * @returns {Promise<Sorted>}
 */
export async function sortOut(files, breathe = async () => {}) {
  const sorting = new Sorting(breathe);
  await sorting.addAll(files, true);
  const gone = [...sorting.lost].filter((name) => !sorting.given.has(name)).length;
  return { ...sorting.sorted, gone };
}

class Sorting {
  /** @param {(done: number) => Promise<void>} breathe */
  constructor(breathe) {
    this.breathe = breathe;
    this.files = 0;
    this.looked = 0;
    /** Names of files that their medium did not give. @type {Set<string>} */
    this.lost = new Set();
    /** Names of those that one did. @type {Set<string>} */
    this.given = new Set();
    /** @type {Sorted} */
    this.sorted = { sealed: [], passedOver: 0, unreadable: 0, gone: 0, packed: 0, cutOff: 0, came: 0 };
  }

  /** @param {number} count */
  allow(count) {
    this.files += count;
    check(BUDGETS.files, this.files);
  }

  /** @param {readonly GivenFile[]} files @param {boolean} open archives */
  async addAll(files, open) {
    this.allow(files.length);
    const inOrder = ofReels(files).sort((one, other) => (one.path < other.path ? -1 : Number(one.path > other.path)));
    for await (const { item, answer } of ahead(inOrder, AT_ONCE, lookAt)) {
      await this.add(item, answer, open);
      this.looked += 1;
      await this.breathe(this.looked);
    }
  }

  /** @param {GivenFile} file @param {Uint8Array | null} begin @param {boolean} open */
  async add(file, begin, open) {
    const name = nameOf(file);
    const again = this.given.has(name);
    (begin ? this.given : this.lost).add(name);
    if (begin === null) return;
    if (startsWith(begin, AGE)) this.sorted.sealed.push({ path: file.path, source: new Begun(file, begin), again });
    else if (beginsLikeZip(begin) && open) await this.addArchive(file, again);
    else if (startsWith(begin, PAR2) || again) return;
    else if (SEALED_NAME.test(file.path)) this.sorted.unreadable += 1;
    else this.sorted.passedOver += 1;
  }

  /** @param {GivenFile} file @param {boolean} again */
  async addArchive(file, again) {
    const most = BUDGETS.files.most - this.files + 1; // and a pad
    const whole = await asked(() => membersOf(file, most));
    const members = whole ?? (await asked(() => membersBeforeBreak(file, most)));
    if (members === null) this.sorted.packed += Number(!again);
    else await this.addMembers(file, members, whole !== null);
  }

  /** @param {GivenFile} file @param {readonly Member[]} members @param {boolean} whole */
  async addMembers(file, members, whole) {
    if (!whole) {
      this.sorted.cutOff += 1;
      this.sorted.came += members.length;
    }
    const files = members.map(({ name, offset, length }) =>
      Object.assign(new Stretch(file, offset, length), { path: name }),
    );
    await this.addAll(files, false);
  }
}

/** What two copies of a file are known by, before any of them is read. @param {GivenFile} file */
export const nameOf = ({ path, length }) => `${path}/${length}`;

/** @param {string} path */
const folderOf = (path) => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/**
 * Without letters, which lie in the `post` of a reel, and hidden files: neither is looked at. A folder of that name may
 * as well hold reels, so it is one of letters where sealed files lie beside it, or in other folders beside it.
 * @param {readonly GivenFile[]} files
 */
function ofReels(files) {
  const reels = new Set();
  for (const { path } of files) {
    const folder = folderOf(path);
    if (SEALED_NAME.test(path) && !POST.test(folder)) reels.add(folder).add(folderOf(folder));
  }
  return files.filter(({ path }) => {
    const folder = folderOf(path);
    return !HIDDEN.test(path) && !(POST.test(folder) && reels.has(folderOf(folder)));
  });
}

/** Its first bytes; null where the medium does not give them. @param {GivenFile} file */
async function lookAt(file) {
  try {
    return await file.readAt(0, Math.min(FIRST_LOOK, file.length));
  } catch (error) {
    if (error instanceof Trouble && error.kind !== "UnreachableError") throw error;
    return null;
  }
}

/**
 * The members of a stored archive. Throws: DamagedError for any other archive, and for one of more than `most`.
 * @param {GivenFile} file @param {number} most
 */
const membersOf = (file, most) =>
  readTable(file, (count) => {
    if (count > most) throw new Trouble("DamagedError", { key: BUDGETS.files.key, values: { most } });
  });

/** What an archive says; null where it is another one, or does not answer. @template Answer @param {() => Promise<Answer>} ask */
async function asked(ask) {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Trouble && ["DamagedError", "UnreachableError"].includes(error.kind)) return null;
    throw error;
  }
}
