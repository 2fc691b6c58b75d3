// What plays: a queue and two audio elements, one sounding while the other already holds what comes next.
import { audioUrl, get, post, put } from "./api.js";
import { emit, remember, remembered } from "./store.js";

const EARLY_S = 0.03; // an element takes about this long to start sounding
const LOAD_AHEAD_S = 25;
const SAVE_MS = 4000;
const REPEATS = ["off", "all", "one"];

class Player {
  songs = [];
  index = -1;
  wanted = false; // whether the listener wants sound, while it may still be loading
  repeat = "off";
  volume = Number(remembered("volume") ?? 1);
  #decks = [new Audio(), new Audio()];
  #live = 0;
  #ahead = ""; // the song that waits in the other element
  #timer = 0;
  #saving = 0;
  #counted = "";

  constructor() {
    for (const [number, deck] of this.#decks.entries()) {
      deck.preload = "auto";
      const only = (does) => () => number === this.#live && does();
      deck.addEventListener(
        "timeupdate",
        only(() => this.#tick()),
      );
      deck.addEventListener(
        "ended",
        only(() => this.#ended()),
      );
      deck.addEventListener(
        "error",
        only(() => deck.getAttribute("src") && this.#failed()),
      );
      for (const event of ["play", "pause", "playing", "waiting", "durationchange", "seeked"])
        deck.addEventListener(
          event,
          only(() => this.#tell()),
        );
    }
    this.#mediaKeys();
  }

  get song() {
    return this.songs[this.index] ?? null;
  }
  get playing() {
    return this.wanted && !this.#deck.paused;
  }
  get waiting() {
    return this.wanted && this.#deck.readyState < 3;
  }
  get position() {
    return this.#deck.currentTime || 0;
  }
  get duration() {
    return Number.isFinite(this.#deck.duration) && this.#deck.duration
      ? this.#deck.duration
      : (this.song?.duration_s ?? 0);
  }
  get #deck() {
    return this.#decks[this.#live];
  }
  get #other() {
    return this.#decks[1 - this.#live];
  }

  /** Play `songs` from the one at `index`. */
  play(songs, index = 0) {
    this.songs = [...songs];
    this.#start(index);
  }

  add(songs, { next = false } = {}) {
    if (!this.songs.length) return this.play(songs);
    this.songs.splice(next ? this.index + 1 : this.songs.length, 0, ...songs);
    this.#changed();
  }

  take(at) {
    const was = at === this.index;
    this.songs.splice(at, 1);
    if (at < this.index) this.index -= 1;
    if (was && this.songs.length) return this.#start(Math.min(at, this.songs.length - 1), this.wanted);
    if (was) this.forget();
    this.#changed();
  }

  move(from, to) {
    if (to < 0 || to >= this.songs.length) return;
    const song = this.song;
    this.songs.splice(to, 0, ...this.songs.splice(from, 1));
    this.index = this.songs.indexOf(song);
    this.#changed();
  }

  /** Mix what is still to come. */
  shuffle() {
    const rest = this.songs.splice(this.index + 1);
    for (let at = rest.length - 1; at > 0; at -= 1) {
      const other = Math.floor(Math.random() * (at + 1));
      [rest[at], rest[other]] = [rest[other], rest[at]];
    }
    this.songs.push(...rest);
    this.#changed();
  }

  turnRepeat() {
    this.repeat = REPEATS[(REPEATS.indexOf(this.repeat) + 1) % REPEATS.length];
    this.#changed();
  }

  jump(index) {
    this.#start(index);
  }

  toggle() {
    if (!this.song) return;
    this.wanted = !this.playing;
    if (!this.wanted) this.#deck.pause();
    else if (this.#deck.getAttribute("src")) this.#sound();
    else this.#start(this.index);
    this.#tell();
  }

  next() {
    const at = this.#following();
    if (at >= 0) this.#start(at);
  }

  back() {
    if (this.position > 3 || this.index < 1) this.seek(0);
    else this.#start(this.index - 1);
  }

  seek(seconds) {
    this.#deck.currentTime = Math.min(Math.max(0, seconds), Math.max(0, this.duration - 0.2));
    this.#tell();
  }

  seekBy(seconds) {
    this.seek(this.position + seconds);
  }

  setVolume(volume) {
    this.volume = Math.min(1, Math.max(0, volume));
    remember("volume", this.volume.toFixed(2));
    this.#level(this.#deck, this.song);
    this.#tell();
  }

  /** Take up the queue where this listener left it, without a sound. */
  async recall() {
    if (this.songs.length) return;
    const kept = await get("api/queue").catch(() => null);
    if (!kept?.songs?.length || this.songs.length) return;
    this.songs = kept.songs;
    this.index = Math.min(kept.current ?? 0, kept.songs.length - 1);
    this.#load(this.#deck, this.song);
    this.#deck.preload = "metadata";
    this.#deck.currentTime = (kept.position_ms ?? 0) / 1000;
    this.#tell();
  }

  /** Locked, or nothing left: let go of the music. */
  forget() {
    this.songs = [];
    this.index = -1;
    this.wanted = false;
    clearTimeout(this.#saving);
    for (const deck of this.#decks) this.#empty(deck);
    this.#tell();
  }

  #start(index, sound = true) {
    this.index = index;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#deck.pause();
    if (this.song && this.#ahead === this.song.id) this.#live = 1 - this.#live;
    else this.#load(this.#deck, this.song);
    this.#ahead = "";
    this.#empty(this.#other);
    this.wanted = sound;
    this.#counted = "";
    if (sound) this.#sound();
    this.#changed();
  }

  #sound() {
    this.#deck.preload = "auto";
    this.#deck.play().catch((error) => {
      if (error.name === "NotAllowedError") this.wanted = false;
      this.#tell();
    });
  }

  #load(deck, song) {
    deck.src = audioUrl(song.id);
    this.#level(deck, song);
  }

  #empty(deck) {
    deck.pause();
    deck.removeAttribute("src");
    deck.load();
  }

  /** ReplayGain by volume: quiet records stay as they are, loud ones come down to them. */
  #level(deck, song) {
    const gain = song?.gain_db === null || song?.gain_db === undefined ? 1 : 10 ** (Math.min(song.gain_db, 0) / 20);
    deck.volume = Math.min(1, this.volume * gain);
  }

  #following() {
    if (this.index + 1 < this.songs.length) return this.index + 1;
    return this.repeat === "all" && this.songs.length ? 0 : -1;
  }

  #tick() {
    const left = this.duration - this.position;
    if (left < LOAD_AHEAD_S) this.#loadAhead();
    if (left < 1 && this.playing && !this.#timer && this.#ahead)
      this.#timer = setTimeout(() => this.#handOver(), Math.max(0, left - EARLY_S) * 1000);
    if (this.#counted !== this.song?.id && this.position > Math.min(240, this.duration / 2)) this.#count();
    this.#tell();
  }

  #loadAhead() {
    const song = this.songs[this.repeat === "one" ? this.index : this.#following()];
    if (!song || this.#ahead === song.id) return;
    this.#ahead = song.id;
    this.#load(this.#other, song);
  }

  #handOver() {
    this.#timer = 0;
    const song = this.songs[this.repeat === "one" ? this.index : this.#following()];
    const left = this.duration - this.position;
    if (!this.playing || this.#ahead !== song?.id || left > 0.5) return;
    const old = this.#deck;
    this.#live = 1 - this.#live;
    this.#sound();
    setTimeout(() => this.#empty(old), left * 1000 + 50);
    this.index = this.songs.indexOf(song, this.repeat === "one" ? this.index : this.#following());
    this.#ahead = "";
    this.#counted = "";
    this.#changed();
  }

  #ended() {
    const at = this.repeat === "one" ? this.index : this.#following();
    if (at >= 0) return this.#start(at);
    this.wanted = false;
    this.#tell();
  }

  #failed() {
    emit("unplayable", this.song);
    const at = this.#following();
    if (at > this.index) this.#start(at, this.wanted);
    else this.wanted = false;
    this.#tell();
  }

  #count() {
    this.#counted = this.song.id;
    post("api/played", { song: this.song.id, at: new Date().toISOString() }).catch(() => null);
  }

  #changed() {
    emit("queue");
    this.#tell();
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.#save(), SAVE_MS);
  }

  #save() {
    const songs = this.songs.slice(0, 2000).map((song) => song.id);
    put("api/queue", { songs, current: Math.max(0, this.index), position_ms: Math.round(this.position * 1000) }).catch(
      () => null,
    );
  }

  #tell() {
    emit("player");
    if ("mediaSession" in navigator)
      navigator.mediaSession.playbackState = this.playing ? "playing" : this.song ? "paused" : "none";
  }

  /** Media keys work, but the desktop is not told what plays: it may keep or show it. */
  #mediaKeys() {
    if (!("mediaSession" in navigator)) return;
    const does = {
      play: () => this.toggle(),
      pause: () => this.toggle(),
      nexttrack: () => this.next(),
      previoustrack: () => this.back(),
      stop: () => this.playing && this.toggle(),
    };
    for (const [action, handler] of Object.entries(does)) navigator.mediaSession.setActionHandler(action, handler);
    if (typeof MediaMetadata === "function") navigator.mediaSession.metadata = new MediaMetadata({ title: "Library" });
  }
}

export const player = new Player();
