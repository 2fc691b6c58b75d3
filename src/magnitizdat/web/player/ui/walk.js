// Arrows go along what was found, and back to the field.
const FOUND = "main.view-search .found :is(a, button.title):not([disabled])";

/** To the one that was found at `at`; before the first is the field. @param {KeyboardEvent} event @param {number} at */
export function walk(event, at) {
  const found = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(FOUND)]);
  const next = at < 0 ? document.getElementById("search") : found[at];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** @param {KeyboardEvent} event */
export function walkAlong(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const at = [...document.querySelectorAll(FOUND)].findIndex((one) => one === document.activeElement);
  if (step && at >= 0) walk(event, at + step);
}
