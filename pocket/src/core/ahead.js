// Several questions on their way at once, answered in order: a slow stick is not waited for file by file.

/**
 * What `ask` says of each item, in the order of the items, at most `width` of them asked at a time.
 * @template Item, Answer
 * @param {Iterable<Item>} items
 * @param {number} width
 * @param {(item: Item) => Promise<Answer>} ask
 * @returns {AsyncGenerator<{ item: Item, answer: Answer }>}
 */
export async function* ahead(items, width, ask) {
  /** @type {{ item: Item, coming: Promise<Answer> }[]} */
  const waiting = [];
  for (const item of items) {
    const coming = ask(item);
    coming.catch(() => {}); // said when it is its turn; none is left alone when an earlier one fails
    waiting.push({ item, coming });
    if (waiting.length >= width) yield next(waiting);
  }
  while (waiting.length) yield next(waiting);
}

/** @template Item, Answer @param {{ item: Item, coming: Promise<Answer> }[]} waiting */
async function next(waiting) {
  const { item, coming } = /** @type {{ item: Item, coming: Promise<Answer> }} */ (waiting.shift());
  return { item, answer: await coming };
}
