// Loudness, speed, rest and second tries, with elements that sound when the test says so.
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { Clock, Deck, Server, song } from "./fakes.js";
import { hear, hearing } from "../../src/magnitizdat/web/player/hearing.js";
import { player } from "../../src/magnitizdat/web/player/player.js";
import { store } from "../../src/magnitizdat/web/player/store.js";

const clock = new Clock();
const now = Date.now;
let server;
after(() => {
  clock.restore();
  Date.now = now;
});
beforeEach(async () => {
  server = new Server({ "PUT api/queue": {}, "POST api/played": {}, "PUT api/hearing": {} });
  player.forget();
  player.rest(0);
  store.session = { hearing: { loudness: "track", speed: 1 } };
  await clock.pass(10_000);
  Date.now = () => clock.now;
});

const sounding = () => Deck.all.filter((deck) => !deck.paused);
function at(seconds, duration = 100) {
  const [deck] = sounding();
  Object.assign(deck, { duration, currentTime: seconds });
  deck.dispatchEvent(new Event("timeupdate"));
  return deck;
}

test("loudness is by song, by album or as it was made, and the server is told", async () => {
  player.setVolume(1);
  player.play([song("a", { gain_db: -6, album_gain_db: -12 })]);
  const [deck] = sounding();
  const volumes = [];
  for (const loudness of ["album", "off", "track"]) {
    await hear({ loudness });
    volumes.push(deck.volume.toFixed(2));
  }
  assert.deepEqual(volumes, ["0.25", "1.00", "0.50"]);
  assert.deepEqual(server.asked.at(-1), ["PUT api/hearing", { loudness: "track", speed: 1 }]);
});

test("speed holds over songs, and the next one comes in time", async () => {
  player.play([song("a"), song("b")]);
  await hear({ speed: 2 });
  at(60);
  const old = at(98.4);
  assert.equal(old.playbackRate, 2);
  old.currentTime = 99.94;
  await clock.pass(770);
  assert.equal(player.song.id, "b");
  assert.deepEqual(
    sounding().map((deck) => deck.playbackRate),
    [2, 2],
  );
  assert.equal(hearing().speed, 2);
});

test("the music rests when its minutes are over, softly, and goes on at its volume", async () => {
  player.setVolume(1);
  player.play([song("a"), song("b")]);
  player.rest(15);
  assert.equal(player.resting.left, 15);
  const deck = at(10);
  await clock.pass(15 * 60_000 - 2500);
  at(20);
  assert.equal(deck.volume, 0.5);
  await clock.pass(2500);
  at(22);
  assert.equal(player.playing, false);
  assert.equal(player.resting.left, 0);
  player.toggle();
  assert.deepEqual([player.playing, deck.volume], [true, 1]);
});

test("the music rests with its song, and the next waits at its beginning", async () => {
  player.play([song("a"), song("b")]);
  at(80);
  player.rest("song");
  const old = at(99.5);
  assert.deepEqual(Deck.all.filter((deck) => deck.src).length, 1);
  old.currentTime = 99.97;
  await clock.pass(1000);
  assert.equal(player.song.id, "a");
  old.dispatchEvent(new Event("ended"));
  assert.deepEqual([player.song.id, player.playing, player.resting.left], ["b", false, 0]);
});

test("what did not play is asked for in another codec, from where it was", async () => {
  player.play([song("a", { codec: "flac", anywhere: true })]);
  const deck = at(30);
  assert.doesNotMatch(deck.src, /codec/);
  deck.dispatchEvent(new Event("error"));
  assert.match(deck.src, /a\/audio\?codec=opus/);
  assert.equal(deck.currentTime, 30);
  player.play([song("o", { codec: "opus" })]);
  sounding()[0].dispatchEvent(new Event("error"));
  assert.match(sounding()[0].src, /o\/audio\?codec=mp3/);
});
