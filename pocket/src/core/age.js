// age files the short way.
import { readHeaderOf } from "./age_header.js";
import { unwrapped } from "./age_keys.js";
import { openStream } from "./age_stream.js";
import { overwrite } from "./bytes.js";

/**
 * The plaintext of an age file, by where it lies.
 * Throws: NotMineError if no identity fits, WrongPassphraseError, OverBudgetError, DamagedError.
 * @param {import("../types.js").ReadAt} source
 * @param {readonly import("./age_keys.js").Identity[]} identities
 * @param {import("./age_stream.js").Pause} [pause] between chunks
 */
export async function openSealed(source, identities, pause) {
  const header = await readHeaderOf(source);
  const fileKey = await unwrapped(header, identities);
  try {
    return await openStream(source, header.length, fileKey, pause);
  } finally {
    overwrite(fileKey);
  }
}
