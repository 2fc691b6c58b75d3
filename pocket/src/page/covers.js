// Covers of what is on the screen, and of nothing else: read, looked at by their own header, shown, let go again.
import { COVER_LENGTH, COVER_PIXELS, shownSize } from "../core/media.js";
import { Trouble } from "../core/trouble.js";
import { bytesOf } from "./bytes_of.js";
import { breath, h } from "./dom.js";
import { t } from "./words.js";

/** @typedef {import("../types.js").Engine} Engine */
/** @typedef {import("../types.js").Album} Album */
/** @typedef {import("../types.js").SignedFile} SignedFile */
/** @typedef {import("../core/media.js").Size} Size */

const AT_ONCE = 2;
const SIDE = 640; // pixels of what is kept of a cover
const REST = 160_000; // pixels that a browser lets go of in a thousandth of a second: WebKit frees them when it has nothing to do
const LONGEST = 4; // times as long as wide; of a longer one nobody knows how small it becomes
const TONES = 4; // looks of a sleeve without a picture

export class Covers {
  /** What comes into a square, and of how many pixels at most. @type {Map<Element, { file: SignedFile, most: number }>} */
  #files = new Map();
  /** @type {Set<Element>} */
  #shown = new Set();
  /** @type {Set<Element>} */
  #wanted = new Set();
  /** Squares on the screen, which come before what is only near it. @type {Set<Element>} */
  #inSight = new Set();
  #busy = 0;
  /** The picture that is unpacked, when there is one: of two large ones at once a phone may have no room. @type {Promise<unknown>} */
  #unpacked = Promise.resolve();

  /** @param {Engine} engine @param {AbortSignal} life */
  constructor(engine, life) {
    this.#engine = engine;
    this.#life = life;
    this.#sight = new IntersectionObserver((seen) => {
      for (const { target, isIntersecting } of seen)
        if (isIntersecting) this.#inSight.add(target);
        else this.#inSight.delete(target);
    }); // made first, so it is told first
    this.#eye = new IntersectionObserver((seen) => this.#look(seen), { rootMargin: "300px" });
    life.addEventListener("abort", () => {
      this.#sight.disconnect();
      this.#eye.disconnect();
      for (const square of this.#shown) this.#drop(square);
      this.#files.clear();
    });
  }
  #engine;
  #life;
  #sight;
  #eye;

  /**
   * A square that gets its picture when it is seen; nothing is read aloud, since the title stands beside it.
   * @param {Album} album @param {number} [most] pixels: of a larger one its title says so
   */
  frame({ id, cover: file }, most = COVER_PIXELS) {
    const square = h("span", { class: `cover tone${parseInt(id.slice(-1), 16) % TONES}` });
    if (file?.here) {
      this.#files.set(square, { file, most });
      this.#sight.observe(square);
      this.#eye.observe(square);
    }
    return square;
  }

  /** Squares that are gone from the page. @param {Element} parent */
  forget(parent) {
    for (const square of parent.querySelectorAll(".cover")) {
      this.#sight.unobserve(square);
      this.#eye.unobserve(square);
      this.#inSight.delete(square);
      this.#wanted.delete(square);
      this.#drop(square);
      this.#files.delete(square);
    }
  }

  /** @param {IntersectionObserverEntry[]} seen */
  #look(seen) {
    for (const { target, isIntersecting } of seen)
      if (isIntersecting) this.#wanted.add(target);
      else {
        this.#wanted.delete(target);
        this.#drop(target);
      }
    this.#work();
  }

  #work() {
    while (this.#wanted.size && this.#busy < AT_ONCE) {
      const all = [...this.#wanted];
      const square = all.find((each) => this.#inSight.has(each)) ?? all[0];
      this.#wanted.delete(square);
      if (!this.#shown.has(square)) void this.#fill(square);
    }
  }

  /** @param {Element} square */
  async #fill(square) {
    const wanted = this.#files.get(square);
    if (!wanted) return;
    const { file, most } = wanted;
    this.#busy += 1;
    this.#shown.add(square); // it is on its way
    try {
      const bytes = await bytesOf(this.#engine, file, COVER_LENGTH, this.#life);
      if (!this.#shown.has(square)) return;
      const size = shownSize(file.mediaType, bytes, most);
      if (size) await this.#show(square, new Blob([bytes], { type: file.mediaType }), size);
      else if (square instanceof HTMLElement) square.title = t("cover.long");
    } catch (error) {
      if (!(error instanceof Trouble)) throw error; // no cover is no trouble
    } finally {
      this.#busy -= 1;
      this.#work();
    }
  }

  /**
   * Small, and its first picture alone: forty large covers, or one that moves, would take more than a phone has.
   * @param {Element} square @param {Blob} blob @param {Size} size
   */
  async #show(square, blob, size) {
    const before = this.#unpacked;
    const unpack = async () => {
      await before;
      const begun = performance.now();
      const picture = this.#shown.has(square) && (await smaller(blob, size));
      const took = performance.now() - begun; // on a busy machine letting go takes longer too
      if (picture && this.#shown.has(square)) square.replaceChildren(picture);
      else this.#drop(square);
      if (picture) await breath(Math.max(took, (size.width * size.height) / REST));
    };
    const turn = unpack();
    this.#unpacked = turn.catch(() => undefined); // the next one comes all the same
    await turn;
  }

  /** @param {Element} square */
  #drop(square) {
    this.#shown.delete(square);
    square.replaceChildren();
  }
}

/**
 * A picture of at most so many pixels a side; null where it is none. The browser makes it small while it unpacks it: large
 * ones are never there twice. Its width alone is asked for, since a picture that lies on its side is turned as well.
 * @param {Blob} blob @param {Size} size
 */
async function smaller(blob, { width, height }) {
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const asked = { resizeWidth: Math.ceil((width * SIDE) / long), resizeQuality: /** @type {const} */ ("high") };
  const wish = long > SIDE && long <= LONGEST * short ? asked : {};
  const bitmap = await createImageBitmap(blob, wish).catch(() => null);
  if (!bitmap) return null;
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const picture = document.createElement("canvas");
  picture.width = Math.max(1, Math.round(bitmap.width * scale));
  picture.height = Math.max(1, Math.round(bitmap.height * scale));
  const drawing = picture.getContext("2d");
  if (drawing) drawing.imageSmoothingQuality = "high";
  drawing?.drawImage(bitmap, 0, 0, picture.width, picture.height);
  bitmap.close();
  return picture;
}
