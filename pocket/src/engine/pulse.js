// Whether the other side of a line still works. A worker that hangs, or that the system took away, says nothing of it.

/** @typedef {(then: () => void) => () => void} Later — calls `then` after a while, unless what it gives is called before */

/** How long the other side may be silent before it is asked. */
const ASK_MS = 15_000;
/**
 * How often in a row it is asked in vain. Times are counted and not time: the clock of a page that sleeps, or works
 * itself, stands still or leaps. Two minutes are far more than any step takes that answers nobody, also without a JIT.
 */
export const IN_VAIN = 8;

/** @type {Later} */
function byClock(then) {
  const timer = setTimeout(then, ASK_MS);
  return () => clearTimeout(timer);
}

/**
 * Asks for a sign of life from `begin` to `end`, while something is awaited, and tells when none comes.
 * @param {{ ask: () => void, lost: () => void, later?: Later }} given
 */
export function pulse({ ask, lost, later = byClock }) {
  let asked = 0;
  /** @type {(() => void) | null} */
  let stop = null;
  const wait = () => {
    stop = later(() => {
      if (asked === IN_VAIN) return lost();
      asked += 1;
      ask();
      wait();
    });
  };
  const heard = () => void (asked = 0);
  const begin = () => {
    if (stop) return;
    heard();
    wait();
  };
  const end = () => {
    stop?.();
    stop = null;
  };
  return { begin, heard, end };
}
