// A key that does something grave takes several presses.

/**
 * How many presses are still wanting after one at `now`, of `times` within `span` ms; after the last it begins anew.
 * @param {number} times @param {number} span @returns {(now: number) => number}
 */
export function presses(times, span) {
  /** @type {number[]} */
  let pressed = [];
  return (now) => {
    pressed = [...pressed.filter((at) => now - at < span), now];
    const wanting = times - pressed.length;
    if (!wanting) pressed = [];
    return wanting;
  };
}
