// What stands under the shelf: what was found beside albums, what this page cannot do, and its keys.
import { h } from "./dom.js";
import { t, told } from "./words.js";

/** @typedef {import("../types.js").Catalogue} Catalogue */

/** Whether it stands above the albums. @param {import("../types.js").Sentence} note */
export const isUrgent = ({ key }) => key === "note.breaks_off";

/** @param {Catalogue} catalogue */
export function foot(catalogue) {
  const found = foundLines(catalogue);
  return h(
    "div",
    { class: "foot" },
    found.length > 0 && list("found.title", found),
    list(
      "cannot.title",
      ["mend", "follow", "remember", "copied", "traces"].map((each) => told({ key: `cannot.${each}` })),
    ),
    list("keys.title", [t("keys.play"), t("keys.moves"), t("keys.back")]),
  );
}

/** @param {import("./words.js").Key} title @param {string[]} lines */
const list = (title, lines) =>
  h(
    "section",
    {},
    h("h2", {}, t(title)),
    h(
      "ul",
      {},
      lines.map((line) => h("li", {}, line)),
    ),
  );

/** @param {Catalogue} catalogue */
const foundLines = ({ refused, passedOver, unreadable, notes }) => [
  ...(passedOver ? [t("found.passed", { n: passedOver })] : []),
  ...(unreadable ? [t("found.unreadable", { n: unreadable })] : []),
  ...refused.map(({ imprint, why }) => `${t("found.refused", { label: imprint })} — ${told(why)}`),
  ...notes.filter((note) => !isUrgent(note)).map(told),
];
