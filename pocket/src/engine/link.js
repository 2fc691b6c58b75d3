// What page and worker say to each other, and the page's end of it. The page alone reads files: WebKit refuses to inside
// a worker of a page that was opened as a file.
import { Trouble, unsupported } from "../core/trouble.js";
import { stopped } from "./life.js";
import { pulse } from "./pulse.js";

/** @typedef {import("../core/trouble.js").Kind} Kind */
/** @typedef {import("../types.js").Catalogue} Catalogue */
/** @typedef {import("../types.js").Engine} Engine */
/** @typedef {import("../types.js").GivenFile} GivenFile */
/** @typedef {import("../types.js").Progress} Progress */
/** @typedef {import("../types.js").Secret} Secret */
/** @typedef {import("../types.js").Sentence} Sentence */
/** @typedef {import("../types.js").SignedFile} SignedFile */

/**
 * From page to worker. `call` numbers what is asked for, `question` what the worker asked; `bytes` is null where the
 * medium did not give them; a `hail` asks whether anybody is `here`.
 * @typedef {{ tell: "open", call: number, files: { path: string, length: number }[], secret: Secret }
 *   | { tell: "read", call: number, file: SignedFile }
 *   | { tell: "stop", call: number }
 *   | { tell: "bytes", question: number, bytes: Uint8Array | null }
 *   | { tell: "hail" }
 *   | { tell: "forget" }} ToWorker
 */

/**
 * From worker to page. `ask`: bytes of the file at place `at` among those of an `open`.
 * @typedef {{ tell: "ready" } | { tell: "here" }
 *   | { tell: "ask", question: number, call: number, at: number, offset: number, length: number }
 *   | { tell: "progress", call: number, doing: string, done: number, total: number }
 *   | { tell: "chunk", call: number, bytes: Uint8Array }
 *   | { tell: "done", call: number, catalogue: Catalogue | null }
 *   | { tell: "failed", call: number, kind: Kind, sentence: Sentence }
 *   | { tell: "forgotten" }} ToPage
 */

/**
 * One end of a line to the other side: a worker, or a port.
 * @typedef {{ postMessage(message: unknown, transfer: Transferable[]): void, onmessage: ((event: MessageEvent) => void) | null }} Line
 */

/** What waits for an answer. @typedef {{ resolve: (catalogue: Catalogue | null) => void, reject: (error: Trouble) => void, progress: Progress, chunk: (bytes: Uint8Array) => void }} Waiting */

/** Bytes as they can be handed over, memory and all. @param {Uint8Array} bytes */
export const movable = (bytes) => (bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice());

/** The engine on the other side of a line. @implements {Engine} */
export class LinkedEngine {
  /** @param {Line} line @param {() => void} hangUp lets go of the other side @param {import("./pulse.js").Later} [later] */
  constructor(line, hangUp, later) {
    this.line = line;
    this.hangUp = hangUp;
    this.calls = 0;
    /** @type {Map<number, Waiting>} */
    this.waiting = new Map();
    /** Files by the call that opened them; those of the newest alone. @type {{ call: number, files: readonly GivenFile[] }} */
    this.given = { call: -1, files: [] };
    /** Why nothing comes any more. @type {Trouble | null} */
    this.over = null;
    this.pulse = pulse({ ask: () => this.tell({ tell: "hail" }), lost: () => this.lost(), later });
    line.onmessage = ({ data }) => this.hear(data);
  }

  /** @param {readonly GivenFile[]} files @param {Secret} secret @param {Progress} progress */
  async open(files, secret, progress) {
    const catalogue = await this.call({ progress, chunk: () => {} }, (call) => {
      this.given = { call, files };
      return { tell: "open", call, files: files.map(({ path, length }) => ({ path, length })), secret };
    });
    return /** @type {Catalogue} */ (catalogue);
  }

  /** @param {SignedFile} file @param {(bytes: Uint8Array) => void} chunk @param {Progress} [progress] @param {AbortSignal} [signal] */
  async read(file, chunk, progress = () => {}, signal = undefined) {
    if (signal?.aborted) throw stopped();
    let number = -1;
    const stop = () => this.stop(number);
    signal?.addEventListener("abort", stop);
    try {
      await this.call({ progress, chunk }, (call) => {
        number = call;
        return { tell: "read", call, file };
      });
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /**
   * @param {Pick<Waiting, "progress" | "chunk">} watching
   * @param {(call: number) => ToWorker} message
   * @returns {Promise<Catalogue | null>}
   */
  call(watching, message) {
    if (this.over) return Promise.reject(this.over);
    this.calls += 1;
    const call = this.calls;
    return new Promise((resolve, reject) => {
      this.waiting.set(call, { resolve, reject, ...watching });
      this.pulse.begin();
      this.tell(message(call));
    });
  }

  /** @param {ToWorker} message @param {Transferable[]} [transfer] */
  tell(message, transfer = []) {
    this.line.postMessage(message, transfer);
  }

  /** @param {ToPage} message */
  hear(message) {
    this.pulse.heard();
    switch (message.tell) {
      case "ask":
        return void this.answer(message);
      case "progress":
        return this.waiting.get(message.call)?.progress(message.doing, message.done, message.total);
      case "chunk":
        return this.waiting.get(message.call)?.chunk(message.bytes);
      case "done":
        return this.ended(message.call)?.resolve(message.catalogue);
      case "failed":
        return this.ended(message.call)?.reject(new Trouble(message.kind, message.sentence));
      case "forgotten":
        return this.hangUp();
    }
  }

  /** @param {Extract<ToPage, { tell: "ask" }>} asked */
  async answer({ question, call, at, offset, length }) {
    const file = this.given.call === call ? this.given.files[at] : undefined;
    let bytes = null;
    try {
      bytes = file ? movable(await file.readAt(offset, length)) : null;
    } catch {
      // the worker says what that means
    }
    this.tell({ tell: "bytes", question, bytes }, bytes ? [bytes.buffer] : []);
  }

  /** @param {number} call */
  ended(call) {
    const waiting = this.waiting.get(call);
    this.waiting.delete(call);
    if (!this.waiting.size) this.pulse.end();
    return waiting;
  }

  /** @param {number} call */
  stop(call) {
    this.tell({ tell: "stop", call });
    this.ended(call)?.reject(stopped());
  }

  forget() {
    if (this.over) return;
    this.end(stopped());
    this.tell({ tell: "forget" });
    setTimeout(this.hangUp, 1000); // where it does not answer, being busy
  }

  /** The other side gave no sign of life. */
  lost() {
    this.end(unsupported("trouble.crashed"));
    this.hangUp();
  }

  /** Nothing comes any more. @param {Trouble} why */
  end(why) {
    this.over ??= why;
    this.pulse.end();
    this.given = { call: -1, files: [] };
    for (const { reject } of this.waiting.values()) reject(why);
    this.waiting.clear();
  }
}
