// Saving: a song, or an album as one ZIP, under the names that the program's export gives. What is saved is plain.
import { albumFiles, folderName, trackStems } from "../core/export_names.js";
import { AUDIO_TYPES } from "../core/media_types.js";
import { isKind, Trouble } from "../core/trouble.js";
import { savedVersion } from "../core/versions.js";
import { writeZip, zipLength } from "../core/zip_write.js";
import { blobOf, Pile } from "./bytes_of.js";
import { confirmed } from "./dialog.js";
import { button, h, part } from "./dom.js";
import { Slip } from "./slip.js";
import { percent, t, told } from "./words.js";

/** @typedef {import("../types.js").Engine} Engine */
/** @typedef {import("../types.js").Album} Album */
/** @typedef {import("../types.js").Track} Track */
/** @typedef {import("./bytes_of.js").Bytes} Bytes */
/** @typedef {(going: (share: number) => void, signal: AbortSignal) => Promise<Blob>} Make */

/** Bytes that go out at once: browsers hold them somewhere until they are saved. */
const MOST = 2 ** 31 - 1;
const KEPT_MS = 120_000; // some browsers begin to save a good while after they were asked

export class Saving {
  #warned = false;
  #busy = false;
  #slip = new Slip();
  /** Why something is not saved, beside what is being saved. */
  #refusal = new Slip();

  /** @param {Engine} engine @param {AbortSignal} life */
  constructor(engine, life) {
    this.#engine = engine;
    this.#life = life;
    life.addEventListener("abort", () => part("tray").replaceChildren());
  }
  #engine;
  #life;

  /** @param {Album} album @param {Track} track */
  song(album, track) {
    const file = savedVersion(track);
    if (!file) return this.#refusal.say(t("song.none", { title: track.title }));
    const name = trackStems(album)[album.tracks.indexOf(track)] + AUDIO_TYPES[file.mediaType];
    void this.#save(name, file.length, (going, signal) => blobOf(this.#engine, file, going, signal));
  }

  /** @param {Album} album */
  album(album) {
    const files = albumFiles(album, savedVersion);
    const members = files.map(({ name, file }) => ({ name: `${folderName(album)}/${name}`, length: file.length }));
    if (!files.length) return this.#refusal.say(t("save.nothing"));
    void this.#save(`${folderName(album)}.zip`, zipLength(members), async (going, signal) => {
      const [pile, whole] = [new Pile(), zipLength(members)];
      let done = 0;
      const feed = (/** @type {number} */ at, /** @type {(bytes: Bytes) => void} */ write) =>
        this.#engine.read(
          files[at].file,
          (chunk) => {
            write(/** @type {Bytes} */ (chunk));
            going((done += chunk.length) / whole);
          },
          undefined,
          signal,
        );
      await writeZip(members, pile, feed);
      return pile.blob("application/zip");
    });
  }

  /** @param {string} name @param {number} length @param {Make} make */
  async #save(name, length, make) {
    if (this.#busy) return this.#refusal.say(t("save.busy"));
    if (length > MOST) return this.#refusal.say(t("save.long"));
    this.#busy = true;
    try {
      if (await this.#agreed()) await this.#made(name, make);
    } finally {
      this.#busy = false;
    }
  }

  /** Said once for all that is saved until this is forgotten. */
  async #agreed() {
    const asked = { title: t("save.title"), text: t("save.text"), yes: t("save.yes"), life: this.#life };
    return (this.#warned ||= await confirmed(asked));
  }

  /** @param {string} name @param {Make} make */
  async #made(name, make) {
    const stop = new AbortController();
    const bar = h("progress", { max: 1, value: 0, "aria-label": t("save.saving", { name }) });
    const share = h("span", {}, percent(0));
    this.#refusal.close();
    this.#slip.show(
      h("p", { dir: "auto" }, t("save.saving", { name }), " ", share),
      bar,
      button("", () => stop.abort(), t("stop")),
    );
    const going = (/** @type {number} */ value) => {
      bar.value = value;
      share.textContent = percent(value);
    };
    this.#life.addEventListener("abort", () => stop.abort(), { signal: stop.signal });
    try {
      this.#hand(name, await make(going, stop.signal));
    } catch (error) {
      if (!this.#life.aborted) this.#slip.say(failure(error, stop.signal.aborted));
      if (!(error instanceof Trouble)) throw error;
    }
  }

  /** To the browser's downloads. @param {string} name @param {Blob} blob */
  #hand(name, blob) {
    if (this.#life.aborted) return;
    const link = h("a", { download: name });
    link.href = URL.createObjectURL(blob);
    const done = () => URL.revokeObjectURL(link.href);
    link.click();
    this.#slip.say(t("save.done", { name }));
    setTimeout(done, KEPT_MS);
    this.#life.addEventListener("abort", done);
  }
}

/** @param {unknown} error @param {boolean} stopped */
function failure(error, stopped) {
  if (stopped || isKind(error, "Stopped")) return t("save.stopped");
  return error instanceof Trouble ? `${t("save.failed")} ${told(error.sentence)}` : t("save.failed");
}
