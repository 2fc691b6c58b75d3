// The page: entrance, opening, shelf, album; one at a time. Nothing that was opened outlives `forget`.
import { Trouble } from "../core/trouble.js";
import { albumView } from "./album.js";
import { Covers } from "./covers.js";
import { Deck } from "./deck.js";
import { button, h, part } from "./dom.js";
import { entrance, typedSoFar } from "./entrance.js";
import { Gathered } from "./gathering.js";
import { keys } from "./keys.js";
import { opening } from "./opening.js";
import { announce } from "./said.js";
import { Saving } from "./saving.js";
import { shelf } from "./shelf.js";
import { language, languageName, languages, learn, speak, t } from "./words.js";

/** @typedef {import("../types.js").Engine} Engine */
/** @typedef {import("../types.js").Catalogue} Catalogue */
/** @typedef {import("../types.js").Album} Album */
/** @typedef {import("../types.js").Label} Label */
/** @typedef {import("../types.js").Secret} Secret */
/** @typedef {import("../types.js").Sentence} Sentence */
/** @typedef {import("./sound.js").Song} Song */
/** @typedef {{destroy(): void, onclose: (() => void) | null}} Closing as CloseWatcher of HTML */
/** @typedef {{engine: Engine, catalogue: Catalogue, covers: Covers, deck: Deck, saving: Saving, sought: string, whole: boolean}} Opened */

/** @param {{makeEngine: () => Engine, translations: import("./words.js").Translations}} given */
export function startPage({ makeEngine, translations }) {
  learn(translations);
  new Page(makeEngine).begin();
}

class Page {
  #gathered = new Gathered();
  /** Ends with what was opened. */
  #life = new AbortController();
  /** Ends with the view. */
  #view = new AbortController();
  /** @type {Opened | null} */
  #opened = null;
  /** @type {Engine | null} that is opening, or has opened */
  #engine = null;
  /** @type {{album: Album, label: Label, closing: Closing | null} | null} */
  #album = null;
  /** Where the shelf was left. */
  #scrolled = 0;
  /** @type {Sentence | null} */
  #trouble = null;
  #update = () => {};
  /** @type {import("../types.js").Progress} */
  #progress = () => {};

  /** @param {() => Engine} makeEngine */
  constructor(makeEngine) {
    this.#makeEngine = makeEngine;
  }
  #makeEngine;

  begin() {
    addEventListener("pagehide", () => this.#forget());
    addEventListener("pageshow", (event) => event.persisted && this.#show());
    for (const event of ["dragover", "drop"]) addEventListener(event, (each) => each.preventDefault());
    keys(
      () => this.#opened?.deck.sound ?? null,
      () => this.#album && this.#back(),
    );
    this.#show({ focus: false });
  }

  // -- views ----------------------------------------------------------------------------------------------------------

  /** The view that fits what there is. `focus`: to its heading, for whoever hears the page. */
  #show({ focus = true, typed = "" } = {}) {
    this.#view.abort();
    this.#view = new AbortController();
    this.#update = () => {};
    announce("");
    this.#top();
    const main = part("main");
    this.#opened?.covers.forget(main);
    main.className = this.#album ? "in-album" : this.#opened ? "in-shelf" : this.#engine ? "in-opening" : "in-entrance";
    main.replaceChildren(...this.#nodes(typed));
    if (focus) main.querySelector("h1")?.focus({ preventScroll: true });
    scrollTo(0, this.#opened && !this.#album ? this.#scrolled : 0);
    this.#update();
  }

  /** @param {string} typed @returns {(Node | string)[]} */
  #nodes(typed) {
    const life = this.#view.signal;
    const opened = this.#opened;
    if (!opened && this.#engine) {
      const { nodes, progress } = opening(() => this.#stop());
      this.#progress = progress;
      return nodes;
    }
    if (!opened) {
      const open = (/** @type {Secret} */ secret) => void this.#open(secret);
      return entrance({ gathered: this.#gathered, typed, trouble: this.#trouble, open, life });
    }
    if (this.#album) {
      const back = () => this.#back();
      const view = albumView({ ...opened, ...this.#album, sound: opened.deck.sound, back, life });
      this.#update = view.update;
      return shown(view.nodes);
    }
    const show = (/** @type {Album} */ album, /** @type {Label} */ label) => this.#enter(album, label);
    return shown(shelf(Object.assign(opened, { show, life })));
  }

  /** Languages, and the way to forget. */
  #top() {
    const speaking = languages().map((code) => {
      const key = button("", () => this.#speak(code), code.toUpperCase());
      key.setAttribute("aria-pressed", String(code === language()));
      key.title = languageName(code);
      key.lang = code;
      return key;
    });
    const forget = button("forget", () => this.#leave(), t("forget"));
    forget.title = t("forget.hint");
    part("top").replaceChildren(
      h("span", { class: "name" }, t("title")),
      h("div", { class: "languages", role: "group", "aria-label": t("languages") }, ...speaking),
      ...(this.#opened ? [forget] : []),
    );
  }

  /** @param {string} code */
  #speak(code) {
    const typed = typedSoFar();
    speak(code);
    this.#scrolled = this.#album ? this.#scrolled : scrollY;
    this.#show({ focus: false, typed });
    this.#opened?.deck.draw();
    /** @type {HTMLElement | null} */ (part("top").querySelector(`[lang="${code}"]`))?.focus();
  }

  /** @param {Album} album @param {Label} label */
  #enter(album, label) {
    if (!this.#album) this.#scrolled = scrollY;
    this.#album?.closing?.destroy();
    this.#album = { album, label, closing: this.#closing() };
    this.#show();
  }

  /** The back key of a phone leads to the shelf, where the browser has a way without an entry in its list of pages. */
  #closing() {
    /** @type {{CloseWatcher?: new () => Closing}} */
    const { CloseWatcher } = /** @type {any} */ (globalThis);
    if (!CloseWatcher) return null;
    const watcher = new CloseWatcher();
    watcher.onclose = () => this.#back();
    return watcher;
  }

  #back() {
    const left = this.#album;
    if (!left) return;
    this.#album = null;
    left.closing?.destroy();
    this.#show();
  }

  /** @param {Song} song */
  #toAlbumOf({ album }) {
    const label = this.#opened?.catalogue.labels.find(({ albums }) => albums.includes(album));
    if (label) this.#enter(album, label);
  }

  // -- open, and forget -----------------------------------------------------------------------------------------------

  /** @param {Secret} secret */
  async #open(secret) {
    this.#letGo();
    const engine = (this.#engine = this.#makeEngine());
    this.#show();
    const progress = (/** @type {[string, number, number]} */ ...far) =>
      this.#engine === engine && this.#progress(...far);
    try {
      const catalogue = await engine.open(this.#gathered.files, secret, progress);
      if (this.#engine === engine) this.#arrive(engine, catalogue);
    } catch (error) {
      if (this.#engine === engine) this.#refused(error);
      if (!(error instanceof Trouble)) throw error;
    }
  }

  /** @param {Engine} engine @param {Catalogue} catalogue */
  #arrive(engine, catalogue) {
    const life = this.#life.signal;
    const deck = new Deck(engine, life, { changed: () => this.#update(), show: (song) => this.#toAlbumOf(song) });
    this.#opened = {
      engine,
      catalogue,
      deck,
      covers: new Covers(engine, life),
      saving: new Saving(engine, life),
      sought: "",
      whole: false,
    };
    this.#trouble = null;
    this.#show();
  }

  /** @param {unknown} error */
  #refused(error) {
    this.#letGo();
    this.#trouble = error instanceof Trouble ? error.sentence : { key: "doing.broke" };
    this.#show({ focus: false });
    part("secret").focus();
  }

  #stop() {
    this.#letGo();
    this.#trouble = null;
    this.#show();
    announce(t("doing.stopped"));
  }

  #leave() {
    this.#forget();
    this.#show();
    announce(t("forget.done"));
    part("main").prepend(h("p", { class: "forgotten" }, t("forget.done")));
  }

  /** All at once, with nothing to be waited for: the page may be gone a moment later. */
  #forget() {
    typedSoFar();
    this.#letGo();
    this.#gathered.clear();
    this.#trouble = null;
    this.#scrolled = 0;
    announce("");
    part("main").replaceChildren();
    part("top").replaceChildren();
  }

  /** Of the keys first, since a browser that is closed may not wait for the rest; what was chosen stays. */
  #letGo() {
    this.#engine?.forget();
    this.#engine = null;
    this.#album?.closing?.destroy();
    this.#album = null;
    this.#opened = null;
    this.#view.abort();
    this.#life.abort();
    this.#life = new AbortController();
  }
}

/** @param {(Node | string | false | null | undefined)[]} nodes */
const shown = (nodes) => nodes.filter((node) => node !== false && node !== null && node !== undefined);
