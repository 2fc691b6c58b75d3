// What is open to others just now: to phones, to another laptop. Each may be without the other.
import { get } from "./api.js";

/** @param {AbortSignal} [signal] @returns {Promise<Air>} */
export async function air(signal) {
  const [evening, ticket] = await Promise.all([get("api/share", { signal }), get("api/ticket", { signal })]);
  return { evening: evening.open ? evening : null, ticket: ticket.open ? ticket : null };
}

/** @param {Air | null} found */
export const isOpen = (found) => Boolean(found && (found.evening || found.ticket));
