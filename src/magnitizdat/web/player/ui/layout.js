// Where the cells of a long list are, and which of them are near the window. Numbers only; lengths are CSS pixels.
const BEYOND = 3; // rows kept ready above and below

/**
 * The shape of a list so wide: columns of at least `least`; `foot`: height under the square of a cell, or all of it where
 * `square` is false.
 * @param {number} width @param {{ least: number, foot: number, gap: number, square: boolean }} wish @returns {Shape}
 */
export function shaped(width, { least, foot, gap, square }) {
  const columns = square
    ? Math.max(2, Math.floor((width + gap) / (least + gap)))
    : Math.max(1, Math.floor(width / least));
  const across = (width - gap * (columns - 1)) / columns;
  return { columns, across, down: foot + (square ? across + gap : 0), gap };
}

/**
 * The cells `[from, to)` in and near a window `high` whose upper edge is `above` below that of the list.
 * @param {Shape} shape @param {number} total @param {number} above @param {number} high
 */
export function near({ columns, down }, total, above, high) {
  const from = Math.max(0, Math.floor(above / down) - BEYOND) * columns;
  const to = Math.min(total, (Math.ceil((above + high) / down) + BEYOND) * columns);
  return { from, to };
}

/** Where a cell lies in the list. @param {Shape} shape @param {number} index */
export const placed = ({ columns, across, down, gap }, index) => ({
  start: (index % columns) * (across + gap),
  top: Math.floor(index / columns) * down,
});

/** How high the whole list is. @param {Shape} shape @param {number} total */
export const height = ({ columns, down }, total) => Math.ceil(total / columns) * down;
