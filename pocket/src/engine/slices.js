// The engine where no worker starts: on the page itself, in slices between which it draws and listens.
import { Trouble } from "../core/trouble.js";
import { ReelEngine } from "./engine.js";
import { asTrouble } from "./worker.js";

/** @typedef {import("../types.js").Engine} Engine */
/** @typedef {import("../types.js").GivenFile} GivenFile */

/** Less than a frame: a finger feels more. */
const SLICE_MS = 12;

/** @returns {Engine} */
export function slicedEngine() {
  const engine = new ReelEngine({ sliceMs: SLICE_MS });
  return {
    open: (files, secret, progress) => engine.open(files.map(guarded), secret, progress).catch(rethrow),
    read: (file, chunk, progress, signal) => engine.read(file, chunk, progress, signal).catch(rethrow),
    forget: () => engine.forget(),
  };
}

/** A file whose medium may go away. @param {GivenFile} file @returns {GivenFile} */
function guarded(file) {
  const readAt = async (/** @type {number} */ offset, /** @type {number} */ length) => {
    try {
      return await file.readAt(offset, length);
    } catch (error) {
      throw new Trouble("UnreachableError", { key: "trouble.gone" }, error);
    }
  };
  return { path: file.path, length: file.length, readAt };
}

/** @param {unknown} error @returns {never} */
function rethrow(error) {
  throw asTrouble(error);
}
