/** Answers the page, in a worker. */
export function serve() {}
