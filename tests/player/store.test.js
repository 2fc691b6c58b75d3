import assert from "node:assert/strict";
import { test } from "node:test";
import { kept } from "./fakes.js";
import {
  emit,
  forget,
  handed,
  listen,
  remember,
  remembered,
  store,
  within,
} from "../../src/magnitizdat/web/player/store.js";

test("who listens hears, until they leave", () => {
  const [heard, life] = [[], new AbortController()];
  listen("notice", (said) => heard.push(said), life.signal);
  emit("notice", { text: "one" });
  emit("query");
  life.abort();
  emit("notice", { text: "two" });
  assert.deepEqual(heard, [{ text: "one" }]);
});

test("the browser keeps theme, language and volume, and nothing else", () => {
  remember("theme", "dark");
  assert.equal(remembered("theme"), "dark");
  assert.throws(() => remember("query", "Kino"), TypeError);
  assert.deepEqual([...kept.keys()], ["theme"]);
});

test("a life ends with the one around it, before it, or has ended with it already", () => {
  const outer = new AbortController();
  const [one, other] = [within(outer.signal), within(outer.signal)];
  one.abort();
  assert.deepEqual([outer.signal.aborted, other.signal.aborted], [false, false]);
  outer.abort();
  assert.ok(other.signal.aborted);
  assert.ok(within(outer.signal).signal.aborted);
});

test("a locked page knows nothing of what was looked for and picked", () => {
  store.query = "Kino";
  store.picked.put([{ kind: "album", id: "a", title: "45" }]);
  store.places.set("album/a", 12);
  store.dropped = Promise.resolve([]);
  forget();
  assert.deepEqual([store.query, store.picked.size, store.places.size, store.dropped], ["", 0, 0, null]);
});

test("what was handed on is read where it belongs, once, and by nobody after the page was locked", () => {
  store.given = { view: "friends", text: "card" };
  assert.equal(handed("sign"), "");
  assert.deepEqual([handed("friends"), handed("friends")], ["card", ""]);
  store.given = { view: "friends", text: "card" };
  forget();
  assert.equal(handed("friends"), "");
});
