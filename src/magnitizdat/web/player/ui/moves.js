// Up, down, out: a list is put in order with three buttons, so keys and fingers do too.
import { t } from "../i18n.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";

/**
 * The buttons of the song at `at` of `length`.
 * @param {Song} song @param {number} at @param {number} length @param {(to: number | null) => unknown} moved null: out of the list
 */
export function moves(song, at, length, moved) {
  const one = (
    /** @type {"up" | "down" | "close"} */ name,
    /** @type {string} */ words,
    /** @type {number | null} */ to,
  ) =>
    h(
      "button",
      {
        type: "button",
        class: "bare",
        "aria-label": `${words}: ${song.title}`,
        title: words,
        disabled: to !== null && (to < 0 || to >= length),
        on: { click: () => moved(to) },
      },
      icon(name),
    );
  return h(
    "span",
    { class: "moves" },
    one("up", t("move.up"), at - 1),
    one("down", t("move.down"), at + 1),
    one("close", t("move.out"), null),
  );
}
