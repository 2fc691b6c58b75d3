// Lines of a long list that come page by page, when somebody stays where they are.
import { isStopped } from "../api.js";

export const PAGE = 120; // lines
const PAUSE_MS = 60; // whoever only passes by needs no page

/** @template Line */
export class Pages {
  /** @type {Map<number, Line[] | null>} */
  #held = new Map(); // number of page -> lines, or null while it is on its way

  /**
   * @param {{ first: Line[], fetchPage: FetchPage<Line>, signal: AbortSignal }} source
   * @param {{ wanted: (from: number, to: number) => boolean, arrived: (from: number, to: number) => void }} list
   */
  constructor(source, list) {
    this.source = source;
    this.list = list;
    this.#held.set(0, source.first);
  }

  /** A line, or undefined where it is not here yet: then its page is on its way, and `arrived` is told. @param {number} index */
  line(index) {
    const page = Math.floor(index / PAGE);
    if (!this.#held.has(page)) this.#fetch(page);
    return this.#held.get(page)?.[index % PAGE];
  }

  /** @param {number} page */
  async #fetch(page) {
    const { fetchPage, signal } = this.source;
    const [from, to] = [page * PAGE, (page + 1) * PAGE];
    this.#held.set(page, null);
    try {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      if (signal.aborted || !this.list.wanted(from, to)) return this.#held.delete(page);
      this.#held.set(page, await fetchPage(from, PAGE, signal));
    } catch (error) {
      this.#held.delete(page); // and asked for again, once its cells come near again
      if (isStopped(error)) return;
      throw error;
    }
    this.list.arrived(from, to);
  }
}
