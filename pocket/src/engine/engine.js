// The engine itself, wherever it runs: in a worker, or in slices on the page.
import { Trouble } from "../core/trouble.js";
import { Life } from "./life.js";
import { Opening } from "./opening.js";
import { readFile } from "./reading.js";

/** @typedef {import("../types.js").Engine} Engine */
/** @typedef {import("../types.js").GivenFile} GivenFile */
/** @typedef {import("../types.js").Progress} Progress */
/** @typedef {import("../types.js").Secret} Secret */
/** @typedef {import("../types.js").SignedFile} SignedFile */

/** @implements {Engine} */
export class ReelEngine {
  /** @param {{ sliceMs: number }} given how long it works before others have their turn */
  constructor({ sliceMs }) {
    this.sliceMs = sliceMs;
    this.life = new Life(sliceMs);
    /** @type {Opening | null} */
    this.opening = null;
  }

  /** @param {readonly GivenFile[]} files @param {Secret} secret @param {Progress} progress */
  async open(files, secret, progress) {
    this.life.check();
    this.opening?.forget();
    const opening = new Opening(new Life(this.sliceMs, this.life), progress);
    this.opening = opening;
    try {
      return await opening.open(files, secret);
    } catch (error) {
      opening.forget();
      throw error;
    }
  }

  /** @param {SignedFile} file @param {(bytes: Uint8Array) => void} chunk @param {Progress} [progress] @param {AbortSignal} [signal] */
  async read(file, chunk, progress = () => {}, signal = undefined) {
    const life = new Life(this.sliceMs, this.life, signal);
    life.check();
    if (!this.opening) throw new Trouble("NotFoundError", { key: "trouble.piece_missing" });
    await readFile(this.opening.spool, file, chunk, progress, life);
  }

  forget() {
    this.life.end();
    this.opening?.forget();
    this.opening = null;
  }
}
