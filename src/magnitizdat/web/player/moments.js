// Hours as people set them, and moments that are the same everywhere.

const two = (/** @type {number} */ part) => String(part).padStart(2, "0");

/** What stands in a field of date and hour, with how far the clock here is from Greenwich's then. @param {string} local */
export function moment(local) {
  if (!local) return "";
  const ahead = -new Date(local).getTimezoneOffset();
  const [hours, minutes] = [Math.trunc(Math.abs(ahead) / 60), Math.abs(ahead) % 60];
  return `${local}:00${ahead < 0 ? "-" : "+"}${two(hours)}:${two(minutes)}`;
}

/** The day in so many days, as a field of a date wants it. @param {number} days */
export function dayAhead(days, now = new Date()) {
  const then = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`;
}
