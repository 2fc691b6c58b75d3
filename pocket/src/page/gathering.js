// Files that somebody chose or dropped: a name, a length, and a way to read some of it. Nothing is read here.
import { BUDGETS } from "../core/budgets.js";
import { nameOf } from "../core/sorting.js";

/** @typedef {import("../types.js").GivenFile} GivenFile */

/** Files that are looked at: a reel of a terabyte has far fewer. */
export const MOST_FILES = BUDGETS.files.most;
const DEEPEST = 16; // folders within folders

/** What was given so far. The same file twice is one, and both are looked at: they may be copies, and one damaged. */
export class Gathered {
  /** By name and length. @type {Map<string, GivenFile>} */
  #files = new Map();
  /** Those that came before one of the same name and length: the newest alone. @type {Map<string, GivenFile>} */
  #before = new Map();
  /** Whether there was more than is looked at. */
  tooMany = false;

  /** All of them, at most so many as are looked at. */
  get files() {
    return [...this.#files.values(), ...this.#before.values()].slice(0, MOST_FILES);
  }

  get count() {
    return this.#files.size;
  }

  /** Bytes of all. */
  get length() {
    return [...this.#files.values()].reduce((sum, file) => sum + file.length, 0);
  }

  /** @param {readonly GivenFile[]} files */
  add(files) {
    for (const file of files) {
      const name = nameOf(file);
      const before = this.#files.get(name);
      if (before) this.#before.set(name, before);
      if (this.#files.size >= MOST_FILES && !before) this.tooMany = true;
      else this.#files.set(name, file);
    }
  }

  clear() {
    this.#files.clear();
    this.#before.clear();
    this.tooMany = false;
  }
}

/** A file of the browser's, read where it is asked for. @param {File} file @returns {GivenFile} */
export function given(file, path = file.webkitRelativePath || file.name) {
  return {
    path,
    length: file.size,
    readAt: async (offset, length) => new Uint8Array(await file.slice(offset, offset + length).arrayBuffer()),
  };
}

/** What the browser gives of a drop: a folder by its handle or its entry, whichever it has, or else a file. */
/** @typedef {{handle: Promise<FileSystemHandle | null> | null, entry: FileSystemEntry | null, file: File | null}} Dropped */
/** @typedef {DataTransferItem & {getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>}} Item */
/** @typedef {FileSystemDirectoryHandle & {values(): AsyncIterable<FileSystemFileHandle | FileSystemDirectoryHandle>}} Folder */

/**
 * Files of a drop, those in folders too. The browser tells of a drop while it happens and never after, so all that it
 * has to say is asked before anything is waited for.
 * @param {DataTransfer} dropped @returns {Promise<{files: GivenFile[], unreadable: boolean}>}
 */
export async function dropped(dropped) {
  const items = /** @type {Item[]} */ ([...dropped.items].filter(({ kind }) => kind === "file"));
  const asked = items.map((item) => ({
    handle: item.getAsFileSystemHandle?.() ?? null,
    entry: item.webkitGetAsEntry?.() ?? null,
    file: item.getAsFile(),
  }));
  /** @type {GivenFile[]} */
  const files = [];
  let unreadable = false;
  for (const { handle, entry, file } of asked)
    if (!entry?.isDirectory) files.push(...(file ? [given(file)] : []));
    else unreadable = !(await readable(handle, entry, files)) || unreadable;
  return { files, unreadable };
}

/**
 * Whether all of a folder could be read. Chromium lets a page from a file read it by its handle alone, others have no handles.
 * @param {Dropped["handle"]} handle @param {FileSystemEntry} entry @param {GivenFile[]} files
 */
async function readable(handle, entry, files) {
  try {
    const folder = await handle;
    if (folder) await byHandle(/** @type {Folder} */ (folder), files, folder.name);
    else await byEntry(/** @type {FileSystemDirectoryEntry} */ (entry), files, 0);
    return true;
  } catch {
    return false;
  }
}

/** @param {Folder} folder @param {GivenFile[]} files @param {string} path */
async function byHandle(folder, files, path) {
  for await (const each of folder.values()) {
    if (files.length > MOST_FILES) return;
    const place = `${path}/${each.name}`;
    if (each.kind === "file") files.push(given(await each.getFile(), place));
    else if (place.split("/").length <= DEEPEST) await byHandle(/** @type {Folder} */ (each), files, place);
  }
}

/** @param {FileSystemDirectoryEntry} folder @param {GivenFile[]} files @param {number} depth */
async function byEntry(folder, files, depth) {
  const reader = folder.createReader();
  for (let some = await entries(reader); some.length; some = await entries(reader))
    for (const entry of some) {
      if (files.length > MOST_FILES) return;
      if (entry.isFile) files.push(given(await fileOf(/** @type {FileSystemFileEntry} */ (entry)), entry.fullPath));
      else if (depth < DEEPEST) await byEntry(/** @type {FileSystemDirectoryEntry} */ (entry), files, depth + 1);
    }
}

/** Some more of a folder; none at its end. @param {FileSystemDirectoryReader} reader @returns {Promise<FileSystemEntry[]>} */
const entries = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));

/** @param {FileSystemFileEntry} entry @returns {Promise<File>} */
const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));
