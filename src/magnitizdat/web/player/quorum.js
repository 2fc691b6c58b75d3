// How many of how many: at least two must sign, and one key may always be lost.
export const MOST = 16;

/** Whether `need` of `of` keys can carry a label on. @param {number} need @param {number} of */
export const isQuorum = (need, of) =>
  Number.isInteger(need) && Number.isInteger(of) && need >= 2 && need < of && of <= MOST;

/** More than half of them, so that no two groups can do it apart. @param {number} of */
export const majority = (of) => Math.max(2, Math.floor(of / 2) + 1);
