// What a browser has and node has not, as far as the modules under test ask for it. Import it before them.
import { webcrypto } from "node:crypto";

/** Kept by the browser. */
export const kept = new Map();
globalThis.localStorage = {
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => kept.set(name, value),
  removeItem: (name) => kept.delete(name),
};
Object.defineProperty(globalThis, "navigator", { value: { language: "en" }, configurable: true });
globalThis.location = { hash: "" };
globalThis.history = { state: null, replaceState: (state) => (history.state = state) };
// Debian's node 18 has no such event, and its random numbers elsewhere.
globalThis.crypto ??= webcrypto;
globalThis.CustomEvent ??= class extends Event {
  constructor(name, { detail }) {
    super(name);
    this.detail = detail;
  }
};
globalThis.document = { documentElement: {}, hidden: false };

/** A server: `answers` by "METHOD address" are values, or functions of the request's body; what was asked, in order. */
export class Server {
  asked = [];

  constructor(answers = {}) {
    this.answers = answers;
    globalThis.fetch = (url, request) => this.#answer(url, request);
  }

  async #answer(url, { method, body, headers }) {
    const value = typeof body === "string" ? JSON.parse(body) : body;
    this.asked.push([`${method} ${url}`, value]);
    await soon(); // an answer is never there at once
    const known = this.answers[`${method} ${url}`];
    const found = await (typeof known === "function" ? known(value, headers) : known);
    if (found instanceof Response) return found;
    if (found === undefined) return refused("there is nothing", "notfound", 404);
    return new Response(JSON.stringify(found));
  }

  /** How often an address was asked for. */
  count = (what) => this.asked.filter(([line]) => line === what).length;
}

export const refused = (error, kind, status) => new Response(JSON.stringify({ error, kind }), { status });

/** Timers that run when they are told to, in order of their times. */
export class Clock {
  now = 0;
  #timers = new Map();
  #number = 0;
  #real = { setTimeout, clearTimeout };

  constructor() {
    globalThis.setTimeout = (act, wait = 0) => {
      this.#timers.set(++this.#number, { at: this.now + wait, act });
      return this.#number;
    };
    globalThis.clearTimeout = (number) => this.#timers.delete(number);
  }

  restore = () => Object.assign(globalThis, this.#real);

  /** Let so much time pass. What is promised meanwhile comes true. */
  async pass(wait_ms) {
    const until = this.now + wait_ms;
    for (let turn = 0; ; turn += 1) {
      if (turn > 10_000) throw new Error("this never comes to rest");
      await settled();
      const due = [...this.#timers].filter(([, { at }]) => at <= until).sort(([, one], [, other]) => one.at - other.at);
      if (!due.length) break;
      const [number, { at, act }] = due[0];
      this.now = Math.max(this.now, at);
      this.#timers.delete(number);
      act();
    }
    this.now = until;
  }
}

/** Everything that was promised and waits for no timer. */
export async function settled() {
  for (let turn = 0; turn < 5; turn += 1) await soon();
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

/** An audio element that plays what the test says. */
export class Deck extends EventTarget {
  static all = [];
  paused = true;
  currentTime = 0;
  duration = NaN;
  readyState = 4;
  volume = 1;
  preload = "";
  error = null;
  #source = null;

  constructor() {
    super();
    Deck.all.push(this);
  }

  get src() {
    return this.#source;
  }

  set src(address) {
    this.#source = address;
    this.error = null;
    this.currentTime = 0;
    this.duration = NaN;
  }

  getAttribute = () => this.#source;
  removeAttribute = () => (this.#source = null);
  load() {}
  fail(code, message = "") {
    this.error = { code, message };
    this.dispatchEvent(new Event("error"));
  }
  pause() {
    this.paused = true;
  }
  async play() {
    this.paused = false;
  }
}
globalThis.Audio = Deck;

export const song = (id, more = {}) => ({
  id,
  title: id,
  artist: "Kino",
  duration_s: 100,
  gain_db: null,
  complete: true,
  ...more,
});
