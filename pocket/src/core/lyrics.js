// Words of a song: plain text or LRC in, timed lines out. As the program reads them.
// LRC as players write it: `[mm:ss.xx]text`, several times before one line, `[offset:±ms]`, and `<mm:ss.xx>` before words.

/** @typedef {{atMs: number | null, text: string}} Line */

const MOST_LINES = 5_000;
const MOST_LETTERS = 1 << 18; // of all timed lines together: one of them may stand under many times
const TIME = "([0-9]{1,3}):([0-9]{1,2})(?:[.:]([0-9]{1,3}))?";
const LINE_TIME = new RegExp(`\\s*\\[${TIME}\\]`, "y");
const WORD_TIME = new RegExp(`<${TIME}>`, "g");
const HEADER = /^\[([a-zA-Z#]+):(.*)\]\s*$/;

/** Lines in the order in which they are sung, and whether they have times. @param {string} text @returns {{timed: boolean, lines: Line[]}} */
export function readLyrics(text) {
  /** @type {Line[]} */
  const timed = [];
  /** @type {Line[]} */
  const untimed = [];
  let offsetMs = 0;
  let letters = MOST_LETTERS;
  for (const raw of text.split(/\r\n|\n|\r/, MOST_LINES)) {
    const { times, rest } = timesOf(raw);
    const header = times.length ? null : HEADER.exec(rest);
    const line = rest.trim().replace(WORD_TIME, "").trimEnd();
    if (header) offsetMs = header[1].toLowerCase() === "offset" ? offsetOf(header[2]) : offsetMs;
    else if (times.length) {
      const fit = times.slice(0, Math.min(MOST_LINES - timed.length, Math.floor(letters / Math.max(1, line.length))));
      letters -= line.length * fit.length;
      timed.push(...fit.map((atMs) => ({ atMs, text: line })));
    } else untimed.push({ atMs: null, text: line });
  }
  if (timed.length) return { timed: true, lines: inTime(timed, offsetMs) };
  while (untimed.length && !untimed[untimed.length - 1].text) untimed.pop();
  return { timed: false, lines: untimed };
}

/** With a positive offset they come sooner. @param {Line[]} lines @param {number} offsetMs */
const inTime = (lines, offsetMs) =>
  lines
    .map(({ atMs, text }) => ({ atMs: Math.max(0, Number(atMs) - offsetMs), text }))
    .sort((one, other) => one.atMs - other.atMs);

/** @param {string} raw */
function timesOf(raw) {
  const times = [];
  LINE_TIME.lastIndex = 0;
  let end = 0;
  for (let found = LINE_TIME.exec(raw); found; found = LINE_TIME.exec(raw)) {
    times.push(milliseconds(found));
    end = LINE_TIME.lastIndex;
  }
  return { times, rest: raw.slice(end) };
}

/** @param {RegExpExecArray} found */
const milliseconds = ([, minutes, seconds, fraction = "0"]) =>
  Number(minutes) * 60_000 + Number(seconds) * 1_000 + Number(fraction.padEnd(3, "0"));

/** @param {string} said */
const offsetOf = (said) => (/^\s*[+-]?[0-9]{1,6}\s*$/.test(said) ? Number(said) : 0);

/** Which line is sung at a time; -1 before the first. @param {readonly Line[]} lines @param {number} nowMs */
export const sung = (lines, nowMs) => lines.map(({ atMs }) => atMs !== null && atMs <= nowMs).lastIndexOf(true);
