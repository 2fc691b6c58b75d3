// A grid of any length: only what is near the window exists. Lines come in pages; a line that is not here yet is an empty sleeve.
import { h } from "./dom.js";

const PAGE = 120;
const BEYOND = 3; // rows kept ready above and below

/**
 * A list of `total` cells. `fetchPage(offset, size, signal)` -> lines; `cell(line, index)` -> <li> content;
 * `least`: narrowest column in CSS pixels; `foot`: height under the square of a cell; `square` false: rows of `foot` height.
 */
export function virtualGrid({ total, first, fetchPage, cell, least, foot, gap = 20, square = true, signal, label }) {
  const list = h("ul", { class: square ? "grid" : "rows", "aria-label": label });
  const grid = new Grid({ list, total, fetchPage, cell, least, foot, gap, square, signal });
  grid.pages.set(0, first);
  const turn = () => grid.wish();
  addEventListener("scroll", turn, { passive: true, signal });
  const seen = new ResizeObserver(turn);
  seen.observe(list);
  signal.addEventListener("abort", () => seen.disconnect());
  return list;
}

class Grid {
  pages = new Map(); // number of page -> lines, or null while it is on its way
  cells = new Map(); // index -> <li>
  #frame = 0;
  #shape = "";

  constructor(options) {
    Object.assign(this, options);
  }

  /** Draw in the next frame, once. */
  wish() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #measure() {
    const width = this.list.clientWidth;
    const columns = this.square
      ? Math.max(2, Math.floor((width + this.gap) / (this.least + this.gap)))
      : Math.max(1, Math.floor(width / this.least));
    const across = (width - this.gap * (columns - 1)) / columns;
    const down = (this.square ? across : 0) + this.foot + (this.square ? this.gap : 0);
    return { width, columns, across, down };
  }

  #draw() {
    const { width, columns, across, down } = this.#measure();
    if (!width) return;
    const shape = `${width}/${columns}`;
    if (shape !== this.#shape) this.#reshape(shape, Math.ceil(this.total / columns) * down);
    const top = this.list.getBoundingClientRect().top;
    const from = Math.max(0, Math.floor(-top / down) - BEYOND) * columns;
    const to = Math.min(this.total, (Math.ceil((innerHeight - top) / down) + BEYOND) * columns);
    for (const [index, node] of this.cells)
      if ((index < from || index >= to) && !node.contains(document.activeElement)) this.#drop(index, node);
    const fresh = document.createDocumentFragment();
    for (let index = from; index < to; index += 1) {
      const node = this.cells.get(index) ?? this.#make(index, fresh);
      if (node.dataset.shape !== shape) this.#lay(node, shape, { index, columns, across, down });
    }
    this.list.append(fresh);
  }

  #reshape(shape, height) {
    this.#shape = shape;
    this.list.style.setProperty("height", `${height}px`);
  }

  #lay(node, shape, { index, columns, across, down }) {
    node.dataset.shape = shape;
    const edge = (index % columns) * (across + this.gap);
    node.style.setProperty("inset-inline-start", `${edge}px`);
    node.style.setProperty("inset-block-start", `${Math.floor(index / columns) * down}px`);
    node.style.setProperty("inline-size", `${across}px`);
    node.style.setProperty("block-size", `${down - (this.square ? this.gap : 0)}px`);
  }

  #make(index, fresh) {
    const node = h("li", { "aria-setsize": this.total, "aria-posinset": index + 1 });
    const line = this.#line(index);
    if (line) node.append(this.cell(line, index));
    else node.className = "blank";
    this.cells.set(index, node);
    fresh.append(node);
    return node;
  }

  #drop(index, node) {
    this.cells.delete(index);
    node.remove();
  }

  #line(index) {
    const page = Math.floor(index / PAGE);
    if (!this.pages.has(page)) this.#fetch(page);
    return this.pages.get(page)?.[index % PAGE];
  }

  async #fetch(page) {
    this.pages.set(page, null);
    await new Promise((resolve) => setTimeout(resolve, 60)); // whoever only passes by needs no page
    if (this.signal.aborted || !this.#near(page)) return this.pages.delete(page);
    try {
      this.pages.set(page, await this.fetchPage(page * PAGE, PAGE, this.signal));
    } catch (error) {
      this.pages.delete(page);
      if (error.name !== "AbortError") throw error;
      return false;
    }
    for (const [index, node] of this.cells) {
      if (Math.floor(index / PAGE) === page) this.#arrive(index, node);
    }
    return true;
  }

  #near(page) {
    return [...this.cells.keys()].some((index) => Math.floor(index / PAGE) === page);
  }

  #arrive(index, node) {
    const line = this.pages.get(Math.floor(index / PAGE))[index % PAGE];
    node.className = "";
    if (line) node.replaceChildren(this.cell(line, index));
  }
}

export const FIRST_PAGE = PAGE;
