// The engine's end of the line: it answers the page, and asks it for bytes.
import { Trouble, unsupported } from "../core/trouble.js";
import { ReelEngine } from "./engine.js";
import { movable } from "./link.js";

/** @typedef {import("../types.js").GivenFile} GivenFile */
/** @typedef {import("../types.js").Catalogue} Catalogue */
/** @typedef {import("../types.js").Progress} Progress */
/** @typedef {import("./link.js").Line} Line */
/** @typedef {import("./link.js").ToPage} ToPage */
/** @typedef {import("./link.js").ToWorker} ToWorker */

/** What works so long here that a stop waits for it; the page stays awake meanwhile. */
const SLICE_MS = 100;
const PROGRESS_MS = 50;

/** Answers the page, in a worker. */
export function serve() {
  answerOn(/** @type {Line} */ (/** @type {unknown} */ (self)));
}

/** Answers whoever is at the other end. @param {Line} line */
export function answerOn(line) {
  const desk = new Desk(line);
  line.onmessage = ({ data }) => desk.hear(data);
  desk.tell({ tell: "ready" });
}

class Desk {
  /** @param {Line} line */
  constructor(line) {
    this.line = line;
    this.engine = new ReelEngine({ sliceMs: SLICE_MS });
    this.questions = 0;
    /** @type {Map<number, { resolve: (bytes: Uint8Array) => void, reject: (error: Trouble) => void }>} */
    this.asked = new Map();
    /** @type {Map<number, AbortController>} */
    this.reads = new Map();
  }

  /** @param {ToPage} message @param {Transferable[]} [transfer] */
  tell(message, transfer = []) {
    this.line.postMessage(message, transfer);
  }

  /** @param {ToWorker} message */
  hear(message) {
    switch (message.tell) {
      case "open":
        return void this.finish(message.call, this.open(message));
      case "read":
        return void this.finish(message.call, this.read(message));
      case "stop":
        return this.reads.get(message.call)?.abort();
      case "bytes":
        return this.answered(message);
      case "hail":
        return this.tell({ tell: "here" });
      case "forget":
        this.engine.forget();
        return this.tell({ tell: "forgotten" });
    }
  }

  /** @param {Extract<ToWorker, { tell: "open" }>} message */
  open({ call, files, secret }) {
    const given = files.map((file, at) => this.given(call, at, file));
    return this.engine.open(given, secret, this.progress(call));
  }

  /** @param {Extract<ToWorker, { tell: "read" }>} message @returns {Promise<null>} */
  async read({ call, file }) {
    const control = new AbortController();
    this.reads.set(call, control);
    const chunk = (/** @type {Uint8Array} */ read) => {
      const bytes = movable(read);
      this.tell({ tell: "chunk", call, bytes }, [bytes.buffer]);
    };
    try {
      await this.engine.read(file, chunk, this.progress(call), control.signal);
      return null;
    } finally {
      this.reads.delete(call);
    }
  }

  /** @param {number} call @param {Promise<Catalogue | null>} work */
  async finish(call, work) {
    try {
      this.tell({ tell: "done", call, catalogue: await work });
    } catch (error) {
      const { kind, sentence } = asTrouble(error);
      this.tell({ tell: "failed", call, kind, sentence });
    }
  }

  /** Not every step: a message costs as much as some of them. @param {number} call @returns {Progress} */
  progress(call) {
    let [last, before] = ["", -Infinity];
    return (doing, done, total) => {
      const now = performance.now();
      if (doing === last && done < total && now - before < PROGRESS_MS) return;
      [last, before] = [doing, now];
      this.tell({ tell: "progress", call, doing, done, total });
    };
  }

  /** A file of the page's. @param {number} call @param {number} at @param {{ path: string, length: number }} file @returns {GivenFile} */
  given(call, at, { path, length }) {
    return { path, length, readAt: (offset, wanted) => this.ask(call, at, offset, wanted) };
  }

  /** @param {number} call @param {number} at @param {number} offset @param {number} length @returns {Promise<Uint8Array>} */
  ask(call, at, offset, length) {
    this.questions += 1;
    const question = this.questions;
    return new Promise((resolve, reject) => {
      this.asked.set(question, { resolve, reject });
      this.tell({ tell: "ask", question, call, at, offset, length });
    });
  }

  /** @param {Extract<ToWorker, { tell: "bytes" }>} message */
  answered({ question, bytes }) {
    const asked = this.asked.get(question);
    this.asked.delete(question);
    if (bytes) asked?.resolve(bytes);
    else asked?.reject(new Trouble("UnreachableError", { key: "trouble.gone" }));
  }
}

/** What the page is told of an error, whatever it is. @param {unknown} error */
export function asTrouble(error) {
  return error instanceof Trouble ? error : unsupported("trouble.crashed", error);
}
