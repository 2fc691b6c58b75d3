// What is to be heard: songs in a row, the one that plays, and what comes after it. Of sound it knows nothing.
const REPEATS = /** @type {const} */ (["off", "all", "one"]);
const KEPT = 2000; // songs that the server is asked to remember

/** `songs` with the one at `from` at another place, or in none. @param {Song[]} songs @param {number} from @param {number | null} to */
export function moved(songs, from, to) {
  const rest = [...songs];
  const out = rest.splice(from, 1);
  if (to !== null) rest.splice(to, 0, ...out);
  return rest;
}

/** `songs` as entries of their own beside `others`: the same song twice is two. @param {Song[]} others @param {Song[]} songs */
function told(others, songs) {
  const seen = new Set(others);
  return songs.map((song) => {
    const entry = seen.has(song) ? { ...song } : song;
    seen.add(entry);
    return entry;
  });
}

export class Queue {
  /** @type {Song[]} */
  songs = [];
  index = -1;
  /** @type {typeof REPEATS[number]} */
  repeat = "off";

  get song() {
    return this.songs[this.index] ?? null;
  }

  /** The place of what comes next; -1 where nothing does. */
  get following() {
    if (this.index + 1 < this.songs.length) return this.index + 1;
    return this.repeat === "all" && this.songs.length ? 0 : -1;
  }

  /** The place of what comes by itself, when this song ends. */
  get upcoming() {
    return this.repeat === "one" ? this.index : this.following;
  }

  /** @param {Song[]} songs */
  fill(songs, index = 0) {
    this.songs = told([], songs);
    this.index = songs.length ? Math.min(Math.max(0, index), songs.length - 1) : -1;
  }

  /** @param {Song[]} songs @param {boolean} next right after what plays, not at the end */
  add(songs, next) {
    this.songs.splice(next ? this.index + 1 : this.songs.length, 0, ...told(this.songs, songs));
  }

  /** Take the song at `at` out. Of the one that plays the next has its place, or the one before. @param {number} at */
  take(at) {
    this.songs.splice(at, 1);
    if (at < this.index || this.index === this.songs.length) this.index -= 1;
  }

  /** Take these entries out, but for the one that plays. @param {Set<Song>} out */
  takeAll(out) {
    const { song } = this;
    this.songs = this.songs.filter((each) => each === song || !out.has(each));
    this.index = song ? this.songs.indexOf(song) : -1;
  }

  /** Nothing is left but what plays. */
  clear() {
    this.takeAll(new Set(this.songs));
  }

  /** @param {number} from @param {number} to */
  move(from, to) {
    if (to < 0 || to >= this.songs.length) return;
    this.songs = moved(this.songs, from, to);
    if (from === this.index) this.index = to;
    else this.index += Number(to <= this.index && this.index < from) - Number(from < this.index && this.index <= to);
  }

  /** Mix what is still to come. */
  shuffle(chance = Math.random) {
    for (let at = this.songs.length - 1; at > this.index + 1; at -= 1) {
      const other = this.index + 1 + Math.floor(chance() * (at - this.index));
      [this.songs[at], this.songs[other]] = [this.songs[other], this.songs[at]];
    }
  }

  turnRepeat() {
    this.repeat = REPEATS[(REPEATS.indexOf(this.repeat) + 1) % REPEATS.length];
  }

  /** What the server keeps of it: of a very long one, what is around the song that plays. */
  kept() {
    const from = Math.max(0, Math.min(this.index - KEPT / 2, this.songs.length - KEPT));
    const songs = this.songs.slice(from, from + KEPT).map((song) => song.id);
    return { songs, current: Math.max(0, this.index - from) };
  }
}
