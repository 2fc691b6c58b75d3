// What the system is told of what plays.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Server, song } from "./fakes.js";
import { speak } from "../../src/magnitizdat/web/player/i18n.js";
import { tell } from "../../src/magnitizdat/web/player/lock_screen.js";
import { player } from "../../src/magnitizdat/web/player/player.js";
import { store } from "../../src/magnitizdat/web/player/store.js";

navigator.mediaSession ??= { setActionHandler: () => null };
globalThis.MediaMetadata = class {
  constructor(said) {
    Object.assign(this, said);
  }
};
const told = () => {
  tell();
  return navigator.mediaSession.metadata;
};
beforeEach(() => {
  new Server({
    "PUT api/queue": {},
    "PUT api/in-hand": {},
    "GET api/messages/ru": { "artist.unknown": "Неизвестный исполнитель" },
  });
  player.forget();
  return speak("en");
});

test("whoever is named by nobody is told in the owner's language, and again in another", async () => {
  store.session = { state: "open", show_names: true };
  player.play([song("a", { artist: "Unknown Artist" })]);
  assert.equal(told().artist, "Unknown Artist");
  await speak("ru");
  assert.equal(told().artist, "Неизвестный исполнитель");
  player.play([song("b", { artist: "Кино" })]);
  assert.equal(told().artist, "Кино");
});

test("one song is told once, and of one that may not be named no word goes out", () => {
  store.session = { state: "open", show_names: true };
  player.play([song("a")]);
  const once = told();
  assert.equal(told(), once);
  store.session = { state: "open", show_names: false };
  assert.deepEqual({ ...told() }, { title: "Library" });
  store.session = { state: "locked", show_names: true };
  assert.deepEqual({ ...told() }, { title: "Library" });
});
