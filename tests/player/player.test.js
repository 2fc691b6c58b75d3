// The player, with elements that sound when the test says so.
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { Clock, Deck, Server, settled, song } from "./fakes.js";
import { player } from "../../src/magnitizdat/web/player/player.js";
import { listen } from "../../src/magnitizdat/web/player/store.js";

const clock = new Clock();
const SONGS = ["a", "b", "c"].map((id) => song(id));
let server;
after(() => clock.restore());
beforeEach(async () => {
  server = new Server({ "PUT api/queue": {}, "POST api/played": {}, "PUT api/in-hand": {} });
  while (player.repeat !== "off") player.turnRepeat();
  player.forget();
  await clock.pass(10_000);
  server.asked.length = 0;
});

const sounding = () => Deck.all.filter((deck) => !deck.paused);
const loaded = () => Deck.all.filter((deck) => deck.src).map((deck) => deck.src.split("/")[2]);

/** The element that sounds is so far, and says it. */
function at(seconds, duration = 100) {
  const [deck] = sounding();
  Object.assign(deck, { duration, currentTime: seconds });
  deck.dispatchEvent(new Event("timeupdate"));
  return deck;
}

test("one song goes over into the next without a gap, and the old one ends in its own time", async () => {
  player.play(SONGS);
  const old = at(80);
  assert.deepEqual(loaded().sort(), ["a", "b"]);
  at(99.5);
  old.currentTime = 99.97;
  await clock.pass(470);
  assert.equal(player.song.id, "b");
  assert.equal(sounding().length, 2, "the last moment of the old one still sounds");
  await clock.pass(100);
  assert.deepEqual([sounding().length, loaded()], [1, ["b"]]);
});

test("a song so short that the next is wanted at once does not cut off the one before, nor come out silent", async () => {
  player.play([song("a"), song("b", { duration_s: 3 }), song("c")]);
  at(80);
  const old = at(99.5);
  old.currentTime = 99.97;
  await clock.pass(470);
  const next = sounding().find((deck) => deck !== old);
  const early = () => {
    Object.assign(next, { duration: 3, currentTime: 0.04 });
    next.dispatchEvent(new Event("timeupdate"));
  };
  early();
  assert.ok(old.src.includes("songs/a/"), "the old one is let out");
  await clock.pass(100);
  early();
  assert.deepEqual(loaded().sort(), ["b", "c"]);
  next.currentTime = 2.5;
  next.dispatchEvent(new Event("timeupdate"));
  next.currentTime = 2.97;
  await clock.pass(470);
  assert.equal(player.song.id, "c");
  await clock.pass(1000);
  assert.deepEqual([sounding().length, loaded()], [1, ["c"]]);
});

test("a song whose next was taken out of the queue meanwhile goes over into what stands there now", async () => {
  player.play(SONGS);
  at(80);
  const old = at(99.5);
  player.take(1);
  old.currentTime = 99.97;
  await clock.pass(470);
  assert.equal(player.song.id, "a", "what was loaded is not what comes");
  old.dispatchEvent(new Event("ended"));
  assert.deepEqual([player.song.id, loaded()], ["c", ["c"]]);
});

test("who seeks back in the last second hears the song", async () => {
  player.play(SONGS);
  at(80);
  at(99.5);
  player.seek(10);
  await clock.pass(2000);
  assert.equal(player.song.id, "a");
});

test("repeats: one for ever, all around, none to its end", () => {
  const ended = () => sounding()[0].dispatchEvent(new Event("ended"));
  player.play(SONGS, 2);
  player.turnRepeat();
  ended();
  assert.equal(player.song.id, "a");
  player.turnRepeat();
  ended();
  assert.equal(player.song.id, "a");
  player.turnRepeat();
  player.jump(2);
  ended();
  assert.deepEqual([player.song.id, player.wanted], ["c", false]);
});

/** What the page says of sound that does not come, while `act` goes on. */
async function said(act) {
  const [told, life] = [[], new AbortController()];
  listen("unplayable", (each) => told.push(each.id), life.signal);
  listen("silent", (why) => told.push(why), life.signal);
  await act();
  life.abort();
  return told;
}

test("a song that cannot be played is told and left behind, and a second one in a row stops it there", async () => {
  const told = await said(() => {
    player.play([song("a"), song("b"), song("c"), song("d")], 1);
    for (const id of ["b", "c"]) {
      assert.equal(player.song.id, id);
      sounding()[0].fail(4);
      assert.equal(player.song.id, id, "it is tried once more, in another codec");
      assert.match(sounding()[0].src, /codec=opus/);
      sounding()[0].fail(4);
    }
  });
  assert.deepEqual([told, player.song.id, player.wanted], [["b", "song"], "c", false]);
});

test("bad songs with good ones between them stop nothing", async () => {
  const told = await said(() => {
    player.play([song("d"), song("e"), song("f")]);
    const spoil = () => [3, 3].forEach((code) => sounding()[0].fail(code));
    spoil();
    at(1);
    at(2);
    spoil();
  });
  assert.deepEqual([told, player.song.id, player.wanted], [["d", "e"], "f", true]);
});

const NO_DEVICE = [
  "OnMediaSinkAudioError", // Firefox 153
  "NS_ERROR_DOM_MEDIA_CUBEB_INITIALIZATION_ERR (0x806e000b)",
  "AUDIO_RENDERER_ERROR: audio render error", // Chromium 156
];

test("where nothing sounds it rests in its place, says so once, and goes on there when there is something", async () => {
  for (const words of NO_DEVICE) {
    const told = await said(() => {
      player.play([song("g"), ...SONGS]);
      at(41.5).fail(3, words);
    });
    assert.deepEqual([told, player.song.id, player.wanted], [["device"], "g", false], words);
    assert.deepEqual(sounding(), [], "an element that failed does not go on in silence");
    player.toggle();
    await settled();
    assert.deepEqual([sounding()[0].currentTime, player.playing], [41.5, true]);
  }
});

test("a stream that broke off, as while a laptop slept, is taken up at its second, once", async () => {
  const told = await said(() => {
    player.play(SONGS);
    at(41.5).fail(2);
    assert.deepEqual([sounding()[0].currentTime, player.song.id], [41.5, "a"]);
    sounding()[0].fail(2);
  });
  assert.deepEqual([told, player.song.id, player.wanted], [["lost"], "a", false]);
});

test("sound that stays away for long is asked for once more, where it was", async () => {
  player.play(SONGS);
  const deck = at(41.5);
  Object.assign(deck, { readyState: 1, currentTime: 41.5 });
  deck.dispatchEvent(new Event("waiting"));
  deck.src = "nothing";
  await clock.pass(8000);
  assert.ok(deck.src.includes("songs/a/"));
  assert.equal(deck.currentTime, 41.5);
  deck.readyState = 4;
});

test("the second is kept while it plays, and a reload finds it", async () => {
  player.play(SONGS, 1);
  player.turnRepeat();
  at(12.25);
  await clock.pass(5000);
  const { position } = server.asked.findLast(([line]) => line === "PUT api/in-hand")[1].places;
  assert.deepEqual(position, { song: "b", position_ms: 12_250, sounds: true, repeat: "all" });
  player.forget();
  player.turnRepeat();
  server.answers["GET api/queue"] = { songs: SONGS, current: 1, position_ms: 0 };
  await player.recall();
  assert.deepEqual([player.position, player.playing, player.repeat], [12.25, false, "all"]);
  player.turnRepeat();
  player.turnRepeat();
});

test("to play nothing changes nothing", () => {
  player.play([]);
  player.add([]);
  assert.equal(player.song, null);
  player.play(SONGS, 1);
  player.play([]);
  assert.equal(player.song.id, "b");
});

test("of an album that is here in part, what is here is heard, from where it was asked for", () => {
  const [away, here] = [song("away", { complete: false }), song("here")];
  player.play([away, ...SONGS, away, here], 3);
  player.add([away, here]);
  player.add([away], { next: true });
  assert.deepEqual(
    player.songs.map(({ id }) => id),
    ["a", "b", "c", "here", "here"],
  );
  assert.equal(player.song.id, "c");
  player.play([away]);
  player.play([away, here]);
  assert.equal(player.song.id, "here");
});

test("a song counts as heard after half of it or four minutes, once", () => {
  player.play([song("a", { duration_s: 1000 }), ...SONGS]);
  for (const seconds of [1, 239, 241, 300]) at(seconds, 1000);
  assert.equal(server.count("POST api/played"), 1);
  player.next();
  at(49);
  assert.equal(server.count("POST api/played"), 1);
  at(51);
  assert.equal(server.count("POST api/played"), 2);
});

test("loud records come down, quiet ones stay, whatever the volume", () => {
  player.setVolume(0.5);
  const volume = (gain_db) => {
    player.play([song("a", { gain_db })]);
    return Math.round(sounding()[0].volume * 1000);
  };
  assert.deepEqual([volume(null), volume(6), volume(0), volume(-6)], [500, 500, 500, 251]);
  for (const wish of [7, -7, 1]) player.setVolume(wish);
  assert.equal(player.volume, 1);
});

test("who pauses can go on another day where they were", async () => {
  player.play(SONGS, 1);
  await clock.pass(10_000);
  at(61.5);
  player.toggle();
  const [saved] = server.asked.filter(([line]) => line === "PUT api/queue").slice(-1);
  assert.deepEqual(saved, ["PUT api/queue", { songs: ["a", "b", "c"], current: 1, position_ms: 61_500 }]);
  player.forget();
  server.answers["GET api/queue"] = { songs: SONGS, current: 1, position_ms: 61_500 };
  await player.recall();
  assert.deepEqual([player.song.id, player.position, player.playing], ["b", 61.5, false]);
  player.toggle();
  await settled();
  assert.ok(player.playing);
});

test("a locked page holds no sound and no queue, and keeps none", async () => {
  player.play(SONGS);
  at(80);
  player.forget();
  await clock.pass(10_000);
  assert.deepEqual([player.songs, loaded(), sounding(), server.count("PUT api/queue")], [[], [], [], 0]);
});
