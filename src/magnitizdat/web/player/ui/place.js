// Where the keyboard is, and whoever listens to the page: what is drawn anew does not lose them.

/** Go to the heading of `box`, if what one was at is gone from the page. */
export function regain(box = document.getElementById("main")) {
  if (document.activeElement && document.activeElement !== document.body) return;
  const heading = box.querySelector("h1, h2, .what");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}

const stops = (line) => [...line.querySelectorAll("a, button, summary")];

/** Run `draw`, which draws the songs of `box` anew: who was in a song's line is in that line again, wherever it went. */
export function inPlace(box, draw) {
  const at = document.activeElement;
  const line = box.contains(at) ? at.closest("[data-song]") : null;
  if (!line) return draw();
  const [row, column] = [[...line.parentNode.children].indexOf(line), stops(line).indexOf(at)];
  draw();
  const lines = [...box.querySelectorAll("[data-song]")];
  const now = lines.find((one) => one.dataset.song === line.dataset.song) ?? lines[Math.min(row, lines.length - 1)];
  const open = now ? stops(now).filter((one, index) => !one.disabled && index >= column) : [];
  (open[0] ?? (now && stops(now)[0]))?.focus({ preventScroll: true });
  return regain();
}
