// A grid of any length: only what is near the window exists. Lines come in pages; a line that is not here yet is an empty sleeve.
import { h } from "./dom.js";
import { height, near, placed, shaped } from "./layout.js";
import { Pages } from "./pages.js";

/** @type {WeakMap<HTMLElement, { top: (index: number) => number }>} */
const grids = new WeakMap();

/** Scroll so that a line of `list` is at the upper edge of the window. @param {HTMLElement} list @param {number} index */
export const reach = (list, index) => scrollTo(0, scrollY + (grids.get(list)?.top(index) ?? 0));

/** @template Line @param {GridOptions<Line>} options */
export function virtualGrid(options) {
  const list = h("ul", { class: (options.square ?? true) ? "grid" : "rows", "aria-label": options.label });
  const grid = new Grid(list, options);
  grids.set(list, grid);
  const turn = () => grid.wish();
  addEventListener("scroll", turn, { passive: true, signal: options.signal });
  const seen = new ResizeObserver(turn);
  seen.observe(list);
  options.signal.addEventListener("abort", () => seen.disconnect());
  return list;
}

const ROWS = 2; // whose lines are shown in one frame: their pictures take their time

/** @template Line */
class Grid {
  /** @type {Map<number, HTMLElement>} */
  #cells = new Map(); // index -> <li>
  /** @type {Set<number>} */
  #bare = new Set(); // cells whose lines are not shown yet
  #frame = 0;
  #width = 0;

  /** @param {HTMLElement} list @param {GridOptions<Line>} options */
  constructor(list, { total, first, fetchPage, cell, least, foot, gap = 20, square = true, signal }) {
    this.list = list;
    this.total = total;
    this.cell = cell;
    this.wishes = { least, foot, gap, square };
    this.pages = new Pages(
      { first, fetchPage, signal },
      {
        wanted: (from, to) => this.#within(from, to).length > 0,
        arrived: () => this.wish(),
      },
    );
  }

  /** How far below the upper edge of the window a line is. @param {number} index */
  top(index) {
    const shape = shaped(this.list.clientWidth, this.wishes);
    return this.list.getBoundingClientRect().top + placed(shape, index).top;
  }

  /** Draw in the next frame, once. */
  wish() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw() {
    const width = this.list.clientWidth;
    if (!width) return;
    const shape = shaped(width, this.wishes);
    const { from, to } = near(shape, this.total, -this.list.getBoundingClientRect().top, innerHeight);
    for (const [index, node] of this.#cells)
      if ((index < from || index >= to) && !node.contains(document.activeElement)) this.#drop(index, node);
    const most = this.#width ? shape.columns * ROWS : Infinity; // at first all is wanted at once
    if (width !== this.#width) this.#reshape(shape);
    this.#width = width;
    const fresh = document.createDocumentFragment();
    for (let index = from; index < to; index += 1) if (!this.#cells.has(index)) fresh.append(this.#make(index, shape));
    this.list.append(fresh);
    this.#fill((from + to) / 2, most);
  }

  /** Show lines, at most so many in this frame, the nearest to the middle of the window first. @param {number} middle @param {number} most */
  #fill(middle, most) {
    const ready = [...this.#bare].filter((index) => this.pages.line(index));
    ready.sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle));
    for (const index of ready.slice(0, most)) this.#show(index);
    if (ready.length > most) this.wish();
  }

  /** @param {Shape} shape */
  #reshape(shape) {
    this.list.style.setProperty("height", `${height(shape, this.total)}px`);
    for (const [index, node] of this.#cells) this.#lay(index, node, shape);
  }

  /** @param {number} index @param {HTMLElement} node @param {Shape} shape */
  #lay(index, node, shape) {
    const { start, top } = placed(shape, index);
    node.style.setProperty("inset-inline-start", `${start}px`);
    node.style.setProperty("inset-block-start", `${top}px`);
    node.style.setProperty("inline-size", `${shape.across}px`);
    node.style.setProperty("block-size", `${shape.down - (this.wishes.square ? shape.gap : 0)}px`);
  }

  /** @param {number} index @param {Shape} shape */
  #make(index, shape) {
    const node = h("li", { class: "blank", "aria-setsize": this.total, "aria-posinset": index + 1 });
    this.#cells.set(index, node);
    this.#bare.add(index);
    this.#lay(index, node, shape);
    return node;
  }

  /** Its line, in the place of an empty sleeve. @param {number} index */
  #show(index) {
    const [line, node] = [this.pages.line(index), this.#cells.get(index)];
    if (!line || !node) return;
    this.#bare.delete(index);
    node.className = "";
    node.replaceChildren(this.cell(line));
  }

  /** @param {number} index @param {HTMLElement} node */
  #drop(index, node) {
    this.#cells.delete(index);
    this.#bare.delete(index);
    node.remove();
  }

  /** @param {number} from @param {number} to */
  #within(from, to) {
    return [...this.#cells].filter(([index]) => index >= from && index < to);
  }
}
