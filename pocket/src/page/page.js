/**
 * Shows the entrance.
 * @param {{makeEngine: () => import("../types.js").Engine, translations: Readonly<Record<string, Readonly<Record<string, string>>>>}} given
 */
export function startPage({ translations }) {
  document.body.append(`Library ${Object.keys(translations).join()}`);
}
