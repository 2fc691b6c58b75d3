// Lines of a list are put in order by dragging a handle, with mouse or finger; keys have the buttons of moves.js.
import { t } from "../i18n.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";

/**
 * The handle of the line at `at`, whose list has a line for each place from `first` on.
 * @param {number} at @param {number} first @param {(to: number) => unknown} dropped
 */
export function handle(at, first, dropped) {
  const grip = h("span", { class: "grip", "aria-hidden": "true", title: t("move.drag") }, icon("grip"));
  grip.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const line = /** @type {HTMLElement} */ (grip.closest("li"));
    carry(line, event, (to) => to !== at - first && dropped(first + to));
  });
  return grip;
}

/** @param {HTMLElement} line @param {PointerEvent} begun @param {(to: number) => void} dropped */
function carry(line, begun, dropped) {
  const [life, list] = [new AbortController(), /** @type {HTMLElement} */ (line.parentElement)];
  const before = [...list.children].indexOf(line);
  const back = list.children[before + 1] ?? null;
  line.classList.add("carried");
  const end = (/** @type {boolean} */ keep) => {
    life.abort();
    line.classList.remove("carried");
    const to = [...list.children].indexOf(line);
    list.insertBefore(line, back);
    if (keep) dropped(to);
  };
  const on = { signal: life.signal };
  addEventListener("pointermove", (event) => event.pointerId === begun.pointerId && put(line, list, event.clientY), on);
  addEventListener("pointerup", () => end(true), on);
  addEventListener("pointercancel", () => end(false), on);
  addEventListener("keydown", (event) => event.key === "Escape" && end(false), on);
}

/** Where the pointer is the line is shown; near an edge of the window the page moves on. @param {HTMLElement} line @param {HTMLElement} list @param {number} y */
function put(line, list, y) {
  const under = [...list.children].find((other) => {
    const { top, bottom } = other.getBoundingClientRect();
    return y >= top && y < bottom;
  });
  if (under && under !== line) {
    const down = line.compareDocumentPosition(under) & Node.DOCUMENT_POSITION_FOLLOWING;
    list.insertBefore(line, down ? under.nextSibling : under);
  }
  if (y < EDGE) scrollBy(0, -STEP);
  else if (y > innerHeight - 2 * EDGE) scrollBy(0, STEP);
}

const [EDGE, STEP] = [60, 14]; // CSS pixels
