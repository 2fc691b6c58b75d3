// How much of each thing somebody else may send.

/** What was taken so far of a whole reel. */
export const newMeter = () => ({});
