// Layers of a song's words: which of them are shown, and which line stands beside which.
const ORDER = /** @type {const} */ (["original", "romanisation", "translation"]);

/**
 * The original, how it sounds, and what it means in the reader's language or whichever is there.
 * @param {Layer[]} found @param {string} language
 */
export function chosen(found, language) {
  return ORDER.flatMap((kind) => {
    const all = found.filter((one) => one.kind === kind);
    return all.find((one) => one.language.split("-")[0] === language) ?? all.slice(0, 1);
  });
}

/**
 * The lines of `column` that stand beside those of `lead`, in their order; null where one of them would have no place.
 * @param {Layer} lead @param {Layer} column
 */
export function beside(lead, column) {
  if (column.lines.length === lead.lines.length) return column.lines;
  const at = new Map(column.lines.map((line) => [line.at_ms, line]));
  const found = lead.lines.map((line) => at.get(line.at_ms));
  return new Set(found.filter(Boolean)).size === column.lines.length ? found : null;
}

/** Which line is sung at a time; -1 before the first, and where no line has a time. @param {{ at_ms: number | null }[]} lines @param {number} now_ms */
export const sung = (lines, now_ms) =>
  lines.map((line) => line.at_ms !== null && line.at_ms <= now_ms).lastIndexOf(true);
