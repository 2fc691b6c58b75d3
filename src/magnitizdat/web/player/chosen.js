// What was chosen, to be given, kept or heard: albums, songs and playlists, in the order in which they were ticked.
export class Chosen {
  /** @type {Map<string, Thing>} */
  #things = new Map();

  get size() {
    return this.#things.size;
  }

  /** @param {Thing["kind"]} kind @param {Id} id */
  has(kind, id) {
    return this.#things.has(`${kind} ${id}`);
  }

  /** Tick these, or take their ticks away. @param {Iterable<Thing>} things @param {boolean} on */
  put(things, on = true) {
    for (const thing of things) {
      const name = `${thing.kind} ${thing.id}`;
      if (!on) this.#things.delete(name);
      else if (!this.#things.has(name)) this.#things.set(name, thing);
    }
  }

  clear() {
    this.#things.clear();
  }

  /** The first `most` of them. */
  first(most = Infinity) {
    /** @type {Thing[]} */
    const found = [];
    for (const thing of this.#things.values()) {
      if (found.length >= most) break;
      found.push(thing);
    }
    return found;
  }

  /** @param {Thing["kind"]} kind @returns {Id[]} */
  ids(kind) {
    return this.first().flatMap((thing) => (thing.kind === kind ? [thing.id] : []));
  }

  /** As the server is told of it. */
  wish() {
    return { albums: this.ids("album"), songs: this.ids("song"), playlists: this.ids("playlist") };
  }
}

/** From one place to another, whichever comes first, both included. @param {number} one @param {number} other */
export const stretch = (one, other) => ({ from: Math.min(one, other), to: Math.max(one, other) + 1 });
