// What an edit changes.

/**
 * Only what differs travels, so that two edits of one album do not undo each other.
 * @template {object} Kind @param {Kind} before @param {Kind} after @returns {Partial<Kind>}
 */
export function changed(before, after) {
  const was = new Map(Object.entries(before));
  const differs = Object.entries(after).filter(([name, value]) => told(was.get(name)) !== told(value));
  return /** @type {Partial<Kind>} */ (Object.fromEntries(differs));
}

/** A value as text, whatever the order of its fields; nothing, and what is empty, are the same. @param {unknown} value */
const told = (value) =>
  JSON.stringify(isEmpty(value ?? "") ? null : value, (_name, part) => (isObject(part) ? sorted(part) : part));

/** @param {unknown} value */
const isEmpty = (value) => value === "" || (value !== null && typeof value === "object" && !Object.keys(value).length);

/** @param {unknown} value */
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** @param {object} value */
const sorted = (value) => Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
