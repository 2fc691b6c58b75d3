// The player without a browser: one song in memory and the next one prepared, the small version where the original is
// no use, and nothing left when it is stopped.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import fc from "fast-check";
import { Sound } from "../../pocket/src/page/sound.js";
import { Trouble } from "../../pocket/src/core/trouble.js";

/** @type {Map<string, Blob>} */
const urls = new Map();
let made = 0;
URL.createObjectURL = (blob) => (urls.set(`blob:${(made += 1)}`, blob), `blob:${made}`);
URL.revokeObjectURL = (url) => void urls.delete(url);
beforeEach(() => urls.clear());

/** Plays what is of type audio/flac or audio/wav, says that it plays audio/mp4 too and then cannot. */
class FakeAudio extends EventTarget {
  paused = true;
  currentTime = 0;
  duration = Number.NaN;
  /** How often something was taken away before its metadata was known. */
  early = 0;
  #src = "";
  #known = true;
  tell(event) {
    this.#known ||= ["loadedmetadata", "error"].includes(event);
    this.dispatchEvent(new Event(event));
  }
  canPlayType = (type) => (["audio/flac", "audio/wav", "audio/mp4"].includes(type) ? "maybe" : "");
  get src() {
    return this.#src;
  }
  set src(url) {
    this.early += Number(!this.#known);
    this.#src = url;
    this.#known = false;
    void settled(3).then(() => url === this.#src && this.tell("loadedmetadata"));
  }
  removeAttribute() {
    this.early += Number(!this.#known);
    this.#src = "";
    this.#known = this.paused = true;
  }
  load() {}
  pause() {
    this.paused = true;
    this.tell("pause");
  }
  async play() {
    this.paused = false;
    const blob = urls.get(this.src);
    if (!blob) throw new DOMException("gone", "NotSupportedError");
    if (blob.type === "audio/mp4") return void this.tell("error");
    this.tell("playing");
  }
}

const SOUND = "fLaC";
const file = (name, mediaType = "audio/flac", here = true) => ({
  sha256: name,
  length: 10,
  mediaType,
  pieces: [],
  here,
});
const song = (id, original = file(`${id}-full`), small = null) => ({
  album: { title: "A" },
  track: { id, title: id, durationS: 9, file: original, renditions: small ? [{ kind: "opus-128", file: small }] : [] },
});

function player({ damaged = new Set(), bytes = SOUND, gone = false } = {}) {
  const life = new AbortController();
  const read = [];
  const notices = [];
  const audio = new FakeAudio();
  const engine = {
    read: async (signed, chunk, _progress, signal) => {
      await settled(1);
      if (signal.aborted) throw new Trouble("Stopped", { key: "trouble.stopped" });
      if (gone) throw new Trouble("UnreachableError", { key: "trouble.gone" });
      if (damaged.has(signed.sha256)) throw new Trouble("DamagedError", { key: "trouble.damaged" });
      read.push(signed.sha256);
      chunk(new TextEncoder().encode(bytes.padEnd(signed.length)));
    },
  };
  const notice = ({ song: { track }, why, gone }) => notices.push(`${track.id}: ${gone ? gone.key : why}`);
  const sound = new Sound(audio, { engine, life: life.signal, smallFirst: false, changed: () => undefined, notice });
  return { sound, audio, read, notices, life };
}

async function settled(turns = 40) {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test("the next song is unsealed while one sounds, and begins with it", async () => {
  const { sound, audio, read } = player();
  sound.play([song("a"), song("b"), song("c")], 0);
  await settled();
  assert.deepEqual(read, ["a-full", "b-full"]);
  audio.tell("ended");
  await settled();
  assert.equal(sound.song.track.id, "b");
  assert.deepEqual(read, ["a-full", "b-full", "c-full"]);
  assert.equal(urls.size, 1);
});

test("whatever is pressed, at most one song is in the browser's hands, and none after the end of life", async () => {
  const presses = fc.array(fc.constantFrom("next", "back", "toggle", "ended", "seek", "play", "wait"), {
    maxLength: 25,
  });
  await fc.assert(
    fc.asyncProperty(presses, async (all) => {
      urls.clear();
      const { sound, audio, life } = player({ damaged: new Set(["b-full"]) });
      const queue = [song("a"), song("b"), song("c", file("c", "audio/mp4"), file("c-small", "audio/wav")), song("d")];
      sound.play(queue, 0);
      for (const press of all) {
        if (press === "ended") audio.tell("ended");
        else if (press === "seek") sound.seek(5);
        else if (press === "play") sound.play(queue, 2);
        else if (press === "wait") await settled(6);
        else sound[press]();
        assert.ok(urls.size <= 2, "a song, and the silence that a press begins with");
      }
      await settled();
      assert.ok(urls.size <= 1);
      life.abort();
      await settled();
      assert.equal(audio.early, 0, "nothing is taken away before its metadata is known");
      assert.equal(urls.size, 0);
      assert.equal(sound.song, null);
    }),
    { numRuns: 60 },
  );
});

test("what does not decode goes on in its small version, from the same place", async () => {
  const { sound, audio, notices } = player();
  sound.play([song("a", file("a", "audio/mp4"), file("a-small", "audio/wav"))], 0);
  await settled();
  assert.equal(urls.get(audio.src).type, "audio/wav");
  assert.deepEqual(notices, ["a: instead"]);
  audio.currentTime = 4;
  audio.tell("error");
  await settled();
  assert.deepEqual(notices, ["a: instead", "a: unplayed"]);
  assert.equal(sound.playing, false);
});

test("a damaged original is replaced in silence; where all is damaged, away or unknown, it is said why", async () => {
  const damaged = new Set(["a-full", "b-full", "b-small"]);
  for (const [one, said] of [
    [song("a", undefined, file("a-small", "audio/wav")), []],
    [song("b", undefined, file("b-small", "audio/wav")), ["b: damaged"]],
    [song("c", file("c", "audio/x-ape")), ["c: unplayed"]],
    [song("d", file("d", "audio/flac", false)), ["d: none"]],
    [song("e", { ...file("e"), length: 2 ** 30 }), ["e: long"]],
  ]) {
    const { sound, notices } = player({ damaged });
    sound.play([one], 0);
    await settled();
    assert.deepEqual(notices, said);
    assert.equal(sound.playing, said.length === 0);
  }
});

test("a song that does not play is passed over where it came by itself, and stops the player where it was asked for", async () => {
  const queue = [song("a"), song("b", file("b", "audio/x-ape")), song("c", file("c", "audio/x-tta")), song("d")];
  const { sound, audio, notices } = player();
  sound.play(queue, 0);
  await settled();
  audio.tell("ended");
  await settled();
  assert.deepEqual([sound.song.track.id, sound.playing, ...notices], ["d", true, "b: unplayed", "c: unplayed"]);
  sound.play(queue, 1);
  await settled();
  assert.deepEqual([sound.song.track.id, sound.playing], ["b", false]);
});

test("a stick that was pulled out is said so", async () => {
  const { sound, notices } = player({ gone: true });
  sound.play([song("a")], 0);
  await settled();
  assert.deepEqual(notices, ["a: trouble.gone"]);
});

test("what does not begin as sound goes to no player", async () => {
  const { sound, audio, notices } = player({ bytes: "#EXTM3U" });
  sound.play([song("a", undefined, file("a-small", "audio/wav"))], 0);
  await settled();
  assert.deepEqual(notices, ["a: unplayed"]);
  assert.ok(!urls.has(audio.src) || urls.get(audio.src).type === "audio/wav", "at most the silence");
});

test("a browser that wants a press is told about, and the press plays", async () => {
  const { sound, audio, notices } = player();
  const play = audio.play;
  audio.play = () => Promise.reject(new DOMException("press first", "NotAllowedError"));
  sound.play([song("a")], 0);
  await settled();
  assert.deepEqual(notices, ["a: press"]);
  audio.play = play;
  sound.toggle();
  await settled();
  assert.ok(sound.playing);
});
