// Whether work goes on: it gives way to others now and then, and ends where somebody said so.
import { Trouble } from "../core/trouble.js";

export const stopped = () => new Trouble("Stopped", { key: "trouble.stopped" });

/** Lets whatever waits have its turn: clicks, messages, a frame. @returns {Promise<void>} */
function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** One piece of work, or all of an engine's; a life of its own ends with the one that it is part of. */
export class Life {
  /** @param {number} sliceMs of work before others have their turn @param {Life} [whole] @param {AbortSignal} [signal] */
  constructor(sliceMs, whole, signal) {
    this.sliceMs = sliceMs;
    this.whole = whole;
    this.signal = signal;
    this.ended = false;
    this.since = performance.now();
    this.pause = this.pause.bind(this);
  }

  /** @returns {boolean} */
  get isOver() {
    return this.ended || (this.signal?.aborted ?? false) || (this.whole?.isOver ?? false);
  }

  end() {
    this.ended = true;
  }

  /** Throws: Stopped. */
  check() {
    if (this.isOver) throw stopped();
  }

  /** Called between steps that take a thousandth of a second or more. Throws: Stopped. */
  async pause() {
    this.check();
    if (performance.now() - this.since < this.sliceMs) return;
    await turn();
    this.since = performance.now();
    this.check();
  }
}
