// The player at the foot of the page, and what it tells the system: that something sounds, and never what.
import { button, h, part } from "./dom.js";
import { icon, reels } from "./drawn.js";
import { announce } from "./said.js";
import { Slip } from "./slip.js";
import { Sound } from "./sound.js";
import { clock, named, percent, t, told } from "./words.js";

/** @typedef {import("../types.js").Engine} Engine */
/** @typedef {import("./sound.js").Song} Song */

const STEP_S = 10;

export class Deck {
  #draw = () => {};
  /** @type {Song | null} */
  #told = null;
  #slip = new Slip();

  /**
   * @param {Engine} engine @param {AbortSignal} life
   * @param {{changed: () => void, show: (song: Song) => void}} given `show`: to its album
   */
  constructor(engine, life, { changed, show }) {
    const audio = new Audio();
    audio.preload = "auto";
    this.sound = new Sound(audio, {
      engine,
      life,
      smallFirst: /Android/.test(navigator.userAgent), // it writes a Blob of over a hundredth of its memory into its flash
      changed: () => (this.#draw(), this.#tell(), changed()),
      notice: ({ song, why, gone }) =>
        this.#slip.say(told(gone ?? { key: `song.${why}`, values: { title: named(song.track.title) } })),
    });
    this.#show = show;
    life.addEventListener("abort", () => this.#leave());
    this.draw();
    this.#listen();
  }
  #show;

  /** Anew, in the language that is spoken now. */
  draw() {
    const [title, line] = [h("b", { dir: "auto" }), h("span", { dir: "auto" })];
    const tape = reels();
    const now = button("now", () => this.sound.song && this.#show(this.sound.song), tape.picture, h("span", { class: "what" }, title, line)); // prettier-ignore
    const seek = h("input", { type: "range", min: 0, step: 1, value: 0, autocomplete: "off", "aria-label": t("player.seek") }); // prettier-ignore
    const time = h("span", { class: "time" });
    const [back, play, next] = [
      key("back", t("player.back"), () => this.sound.back()),
      key("play", t("player.play"), () => this.sound.toggle()),
      key("next", t("player.next"), () => this.sound.next()),
    ];
    play.classList.add("main");
    let holding = false;
    seek.addEventListener("input", () => ((holding = true), (time.textContent = clock(Number(seek.value)))));
    seek.addEventListener("change", () => ((holding = false), this.sound.seek(Number(seek.value))));
    part("deck").replaceChildren(now, h("div", { class: "wind" }, seek, time), h("div", { class: "keys" }, back, play, next)); // prettier-ignore
    part("deck").setAttribute("aria-label", t("player.name"));
    this.#draw = () => {
      const { song, position, duration, playing, loading, hasNext } = this.sound;
      part("deck").hidden = !song;
      document.body.classList.toggle("sounding", Boolean(song));
      if (!song) return;
      title.textContent = named(song.track.title);
      line.textContent = `${song.track.artist} — ${song.album.title}`;
      next.disabled = !hasNext;
      showKey(play, playing);
      tape.wind(duration ? Math.min(1, position / duration) : 0, playing && loading === null);
      if (holding) return;
      seek.max = String(Math.max(1, Math.round(duration)));
      seek.value = String(Math.round(position));
      seek.setAttribute("aria-valuetext", t("player.at", { at: clock(position), all: clock(duration) }));
      time.textContent = loading === null ? `${clock(position)} / ${clock(duration)}` : `${t("player.loading")} ${percent(loading)}`; // prettier-ignore
    };
    this.#draw();
  }

  /** Said once a song, to whoever does not look. */
  #tell() {
    const { song } = this.sound;
    if (song && song !== this.#told)
      announce(t("player.plays", { title: song.track.title, artist: song.track.artist }));
    this.#told = song;
    if (!("mediaSession" in navigator)) return;
    navigator.mediaSession.playbackState = song ? (this.sound.playing ? "playing" : "paused") : "none";
  }

  /** The keys of the system and of headphones. It may keep or show what it is told, so it is told no name. */
  #listen() {
    if (!("mediaSession" in navigator)) return;
    if (typeof MediaMetadata === "function") navigator.mediaSession.metadata = new MediaMetadata({ title: t("title") });
    for (const [action, does] of Object.entries(this.#does())) handle(action, does);
  }

  /** @returns {Record<string, MediaSessionActionHandler>} */
  #does() {
    const { sound } = this;
    return {
      play: () => sound.playing || sound.toggle(),
      pause: () => sound.playing && sound.toggle(),
      previoustrack: () => sound.back(),
      nexttrack: () => sound.next(),
      seekbackward: () => sound.seek(sound.position - STEP_S),
      seekforward: () => sound.seek(sound.position + STEP_S),
      seekto: ({ seekTime }) => seekTime !== undefined && sound.seek(seekTime),
    };
  }

  #leave() {
    part("deck").replaceChildren();
    part("deck").hidden = true;
    document.body.classList.remove("sounding");
    if (!("mediaSession" in navigator)) return;
    for (const action of Object.keys(this.#does())) handle(action, null);
    navigator.mediaSession.metadata = null;
    navigator.mediaSession.playbackState = "none";
  }
}

/** Browsers know different ones of them. @param {string} action @param {MediaSessionActionHandler | null} does */
function handle(action, does) {
  try {
    navigator.mediaSession.setActionHandler(/** @type {MediaSessionAction} */ (action), does);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** @param {"back" | "play" | "next"} name @param {string} label @param {() => void} press */
function key(name, label, press) {
  const made = button("key", press, icon(name));
  made.setAttribute("aria-label", label);
  made.title = label;
  return made;
}

/** @param {HTMLButtonElement} play @param {boolean} playing */
function showKey(play, playing) {
  const label = t(playing ? "player.pause" : "player.play");
  if (play.getAttribute("aria-label") === label) return;
  play.setAttribute("aria-label", label);
  play.title = label;
  play.replaceChildren(icon(playing ? "pause" : "play"));
}
