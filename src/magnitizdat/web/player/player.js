// What plays: a queue and two audio elements, one sounding while the other already holds what comes next.
import { audioUrl, get, inOrder, post, put } from "./api.js";
import { Failures, why } from "./failures.js";
import { another, codecOf, hearing, level, Rest } from "./hearing.js";
import { inHand, keep } from "./in_hand.js";
import { Queue } from "./queue.js";
import { emit, listen, remember, remembered } from "./store.js";

const EARLY_S = 0.03; // an element takes about this long to start sounding
const LOAD_AHEAD_S = 25;
const SAVE_MS = 4000;
const KEEP_EVERY_S = 10; // of a song, until its second is kept anew
const STUCK_MS = 8000; // of silence where there should be sound, as after a laptop slept
const PLACE = "position";
const FEW = 1000; // songs, of which the names still go out of a page that is being left
const TOLD = ["play", "pause", "playing", "waiting", "durationchange", "seeked"];

class Player {
  wanted = false; // whether the listener wants sound, while it may still be loading
  volume = Number(remembered("volume") ?? 1);
  resting = new Rest();
  #queue = new Queue();
  #decks = [new Audio(), new Audio()];
  #live = 0;
  #ahead = ""; // the song that waits in the other element
  #timer = 0; // until the other element takes over
  #tail = 0; // until the one that did sound has nothing left to say
  #saving = 0;
  #failures = new Failures();
  #at = 0; // where it sounded last, in seconds
  #kept = 0; // the second that was kept last
  #stuck = 0;
  #counted = "";

  constructor() {
    for (const [number, deck] of this.#decks.entries()) {
      deck.preload = "auto";
      const only = (/** @type {() => void} */ does) => () => number === this.#live && does();
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
      deck.addEventListener(
        "waiting",
        only(() => this.#waits()),
      );
      for (const event of TOLD)
        deck.addEventListener(
          event,
          only(() => this.#tell()),
        );
    }
    this.#mediaKeys();
    listen("hearing", () => this.#hearOtherwise());
  }

  get songs() {
    return this.#queue.songs;
  }
  get index() {
    return this.#queue.index;
  }
  get song() {
    return this.#queue.song;
  }
  get repeat() {
    return this.#queue.repeat;
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
    const known = this.#deck.duration;
    return Number.isFinite(known) && known ? known : (this.song?.duration_s ?? 0);
  }
  get #deck() {
    return this.#decks[this.#live];
  }
  get #other() {
    return this.#decks[1 - this.#live];
  }

  /** Play what is here of `songs` from the one at `index`; of nothing, go on as before. @param {Song[]} songs */
  play(songs, index = 0) {
    const here = songs.filter((song) => song.complete);
    if (!here.length) return;
    this.#queue.fill(here, here.indexOf(songs[index]));
    this.#start(this.index);
  }

  /** @param {Song[]} songs */
  add(songs, { next = false } = {}) {
    if (!this.songs.length) return this.play(songs);
    this.#queue.add(
      songs.filter((song) => song.complete),
      next,
    );
    this.#changed();
  }

  /** @param {number} at */
  take(at) {
    const was = at === this.index;
    this.#queue.take(at);
    if (was && this.song) return this.#start(this.index, this.wanted);
    if (was) this.forget();
    this.#changed();
  }

  /** Entries of the queue, but for the one that plays. @param {Set<Song>} out */
  takeAll(out) {
    this.#queue.takeAll(out);
    this.#changed();
  }

  /** Nothing is left but what plays. */
  clear() {
    this.#queue.clear();
    this.#changed();
  }

  /** Whether this very entry of a list plays: where the same song stands twice, one of them. @param {Song} song @param {Song[]} list */
  plays(song, list) {
    const now = this.song;
    return now === song || (now?.id === song.id && !list.includes(now));
  }

  /** @param {number} from @param {number} to */
  move(from, to) {
    this.#queue.move(from, to);
    this.#changed();
  }

  /** Mix what is still to come. */
  shuffle() {
    this.#queue.shuffle();
    this.#changed();
  }

  turnRepeat() {
    this.#queue.turnRepeat();
    this.keepPlace();
    this.#changed();
  }

  /** @param {number} index */
  jump(index) {
    this.#start(index);
  }

  toggle() {
    if (!this.song) return;
    this.wanted = !this.playing;
    if (!this.wanted) this.#rest();
    else if (this.#deck.error) this.#again();
    else if (this.#deck.getAttribute("src")) this.#sound();
    else this.#start(this.index);
    this.#tell();
  }

  next() {
    const at = this.#queue.following;
    if (at >= 0) this.#start(at);
  }

  back() {
    if (this.position > 3 || this.index < 1) this.seek(0);
    else this.#start(this.index - 1);
  }

  /** @param {number} seconds */
  seek(seconds) {
    this.#at = this.#deck.currentTime = Math.min(Math.max(0, seconds), Math.max(0, this.duration - 0.2));
    this.#tell();
  }

  /** @param {number} seconds */
  seekBy(seconds) {
    this.seek(this.position + seconds);
  }

  /** @param {number} volume */
  setVolume(volume) {
    this.volume = Math.min(1, Math.max(0, volume));
    remember("volume", this.volume.toFixed(2));
    this.#level(this.#deck, this.song);
    this.#tell();
  }

  /** Rest after so many minutes, with the song that plays, or not at all. @param {number | "song"} wanted */
  rest(wanted) {
    this.resting.set(wanted);
    if (this.resting.withSong) this.#letGoAhead();
    this.#level(this.#deck, this.song);
    this.#tell();
  }

  /** Take up the queue where this listener left it: without a sound, but for a page that sounded when it was loaded anew. */
  async recall() {
    if (this.songs.length) return;
    const kept = await get("api/queue").catch(() => null);
    if (!kept?.songs.length || this.songs.length) return;
    this.#queue.fill(kept.songs, kept.current);
    const left = inHand(PLACE);
    this.#queue.repeat = left?.repeat ?? "off";
    const position_ms = left?.song === this.song?.id ? left.position_ms : kept.position_ms;
    this.#load(this.#deck, this.song);
    this.#deck.preload = "metadata";
    this.#at = this.#deck.currentTime = position_ms / 1000;
    if (left?.sounds && isReload()) this.toggle();
    this.#tell();
  }

  /** Keep the second where this is; a page that is being left tells it too. */
  keepPlace() {
    if (!this.song) return;
    this.#kept = this.position;
    const position_ms = Math.round(this.position * 1000);
    keep(PLACE, { song: this.song.id, position_ms, sounds: this.wanted, repeat: this.repeat });
  }

  /** Locked, or nothing left: let go of the music. */
  forget() {
    this.#queue.fill([]);
    this.wanted = false;
    clearTimeout(this.#saving);
    this.#saving = 0;
    clearTimeout(this.#stuck);
    for (const deck of this.#decks) this.#empty(deck);
    this.#tell();
  }

  /** @param {number} index */
  #start(index, sound = true) {
    this.#queue.index = index;
    clearTimeout(this.#timer);
    clearTimeout(this.#tail);
    this.#timer = this.#tail = 0;
    this.#deck.pause();
    if (this.song && this.#ahead === this.song.id) this.#live = 1 - this.#live;
    else this.#load(this.#deck, this.song);
    this.#ahead = "";
    this.#empty(this.#other);
    this.wanted = sound;
    this.#counted = "";
    this.#at = this.#kept = 0;
    if (sound) this.#sound();
    this.#changed();
  }

  /** Load this song once more, and go on where it was. */
  #again() {
    const at = this.#at;
    this.#load(this.#deck, this.song);
    if (at) this.#deck.currentTime = at;
    if (this.wanted) this.#sound();
    this.#tell();
  }

  #sound() {
    if (this.#deck.error) return this.#failed(); // it could not be played while it still waited
    this.#deck.preload = "auto";
    this.#deck.play().catch((error) => {
      if (error.name === "NotAllowedError") this.wanted = false;
      this.#tell();
    });
  }

  /** What is paused may be gone on with another day. */
  #rest() {
    this.#deck.pause();
    this.#save();
    this.keepPlace();
  }

  /** @param {HTMLAudioElement} deck @param {Song | null} song */
  #load(deck, song) {
    if (!song) return;
    deck.src = audioUrl(song.id, codecOf(song));
    this.#level(deck, song);
    this.#hasten(deck);
  }

  /** An element forgets its speed with every song. @param {HTMLAudioElement} deck */
  #hasten(deck) {
    deck.defaultPlaybackRate = deck.playbackRate = hearing().speed;
  }

  #hearOtherwise() {
    this.#level(this.#deck, this.song);
    this.#hasten(this.#deck);
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#ahead) this.#letGoAhead(); // it is loaded again, as it is to be heard
    this.#tell();
  }

  #letGoAhead() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#ahead = "";
    if (!this.#tail) this.#empty(this.#other);
  }

  /** @param {HTMLAudioElement} deck */
  #empty(deck) {
    deck.pause();
    deck.removeAttribute("src");
    deck.load();
  }

  /** ReplayGain by volume: quiet records stay as they are, loud ones come down to them. @param {HTMLAudioElement} deck @param {Song | null} song */
  #level(deck, song) {
    deck.volume = Math.min(1, this.volume * level(song) * this.resting.fading);
  }

  /** It sounds: where it is need not be told again, but it is kept now and then. */
  #heardSoFar() {
    if (this.position > this.#at && this.playing) this.#failures.heard();
    this.#at = this.position;
    if (Math.abs(this.#at - this.#kept) >= KEEP_EVERY_S) this.keepPlace();
  }

  #tick() {
    this.#heardSoFar();
    if (this.resting.isDue) return this.#fallAsleep();
    if (this.resting.fading < 1) this.#level(this.#deck, this.song);
    const left = this.#left;
    if (left < LOAD_AHEAD_S && !this.resting.withSong) this.#loadAhead();
    if (left < 1 && this.playing && !this.#timer && this.#ahead)
      this.#timer = setTimeout(() => this.#handOver(), Math.max(0, left - EARLY_S) * 1000);
    if (this.#counted !== this.song?.id && this.position > Math.min(240, this.duration / 2)) this.#count();
    this.#tell();
  }

  #loadAhead() {
    const song = this.songs[this.#queue.upcoming];
    if (!song || this.#tail || this.#ahead === song.id) return; // in its last moment the other one still sounds
    this.#ahead = song.id;
    this.#load(this.#other, song);
  }

  #handOver() {
    this.#timer = 0;
    const at = this.#queue.upcoming;
    const left = this.#left;
    if (!this.playing || this.#ahead !== this.songs[at]?.id || left > 0.5) return;
    this.#live = 1 - this.#live;
    this.#sound();
    this.#tail = setTimeout(() => this.#fallSilent(), left * 1000 + 50);
    this.#queue.index = at;
    this.#ahead = "";
    this.#counted = "";
    this.#at = this.#kept = 0;
    this.#changed();
  }

  #fallSilent() {
    this.#tail = 0;
    this.#empty(this.#other);
  }

  /** Seconds until this song ends, as fast as it plays. */
  get #left() {
    return (this.duration - this.position) / hearing().speed;
  }

  #fallAsleep() {
    this.resting.set(0);
    this.toggle();
    this.#level(this.#deck, this.song);
  }

  #ended() {
    const at = this.#queue.upcoming;
    if (this.resting.withSong) {
      this.resting.set(0);
      if (at >= 0) return this.#start(at, false);
    }
    if (at >= 0) return this.#start(at);
    this.wanted = false;
    this.#tell();
  }

  #failed() {
    const reason = why(this.#deck.error);
    if (reason === "song" && another(this.song)) return this.#again(); // in another codec
    const does = this.#failures.next(reason, this.song?.id ?? "");
    if (does === "again") return this.#again();
    if (does === "stop") return this.#halt(reason);
    emit("unplayable", this.song);
    const at = this.#queue.following;
    if (at > this.index) this.#start(at, this.wanted);
    else this.wanted = false;
    this.#tell();
  }

  /** No sound comes of it: rest, keep the place, say it once. @param {import("./failures.js").Why} reason */
  #halt(reason) {
    if (this.wanted) emit("silent", reason);
    this.wanted = false;
    this.#failures.heard();
    this.#rest(); // Firefox would go on without a sound, to the last song
    this.#tell();
  }

  /** Sound that stays away for long is asked for once more. */
  #waits() {
    clearTimeout(this.#stuck);
    this.#stuck = setTimeout(() => {
      if (this.waiting && this.#failures.next("lost", this.song?.id ?? "") === "again") this.#again();
    }, STUCK_MS);
  }

  #count() {
    if (!this.song) return;
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
    inOrder("queue", () => this.#saved()).catch(() => null);
  }

  #saved() {
    clearTimeout(this.#saving);
    this.#saving = 0;
    const position_ms = Math.round(this.position * 1000);
    return put("api/queue", { ...this.#queue.kept(), position_ms }, { keepalive: this.songs.length < FEW });
  }

  /** The page is being left. */
  leave() {
    if (this.#saving) this.#saved().catch(() => null); // nothing is waited for any more
    this.keepPlace();
  }

  #tell() {
    emit("player");
    if ("mediaSession" in navigator)
      navigator.mediaSession.playbackState = this.playing ? "playing" : this.song ? "paused" : "none";
  }

  /** What plays is told elsewhere (lock_screen.js). */
  #mediaKeys() {
    if (!("mediaSession" in navigator)) return;
    /** @type {[MediaSessionAction, () => void][]} */
    const does = [
      ["play", () => this.toggle()],
      ["pause", () => this.toggle()],
      ["nexttrack", () => this.next()],
      ["previoustrack", () => this.back()],
      ["stop", () => void (this.playing && this.toggle())],
    ];
    for (const [action, handler] of does) navigator.mediaSession.setActionHandler(action, handler);
  }
}

/** Whether this page was loaded anew, and not opened. */
const isReload = () =>
  /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation")).at(0)?.type === "reload";

export const player = new Player();
