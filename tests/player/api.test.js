// What the server says, and that it may say nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Server, kept, refused } from "./fakes.js";
import {
  ApiError,
  GoneError,
  audioUrl,
  coverUrl,
  coversChanged,
  get,
  inOrder,
  isStopped,
  kindOf,
  media,
  patch,
  post,
  remove,
  upload,
} from "../../src/magnitizdat/web/player/api.js";

kept.set("session", "token key");

test("values go and come as they are, with the token of the session as it is now", async () => {
  const tokens = [];
  const echo = (value, headers) => {
    tokens.push(headers["X-Mag-Token"]);
    return { value };
  };
  new Server({ "POST api/x": echo, "PATCH api/x": echo, "DELETE api/x": echo });
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (value) => {
      const sent = JSON.parse(JSON.stringify(value));
      assert.deepEqual((await post("api/x", value)).value, sent);
      assert.deepEqual((await patch("api/x", value)).value, sent);
    }),
  );
  kept.set("session", "another key"); // another tab entered again
  await remove("api/x");
  assert.deepEqual([...new Set(tokens)], ["token", "another"]);
  kept.set("session", "token key");
});

test("a file goes as its bytes", async () => {
  const server = new Server({ "POST api/cover": {} });
  const file = new Blob(["picture"]);
  await post("api/cover", file, { headers: { "Content-Type": "application/octet-stream" } });
  assert.deepEqual(server.asked, [["POST api/cover", file]]);
});

test("a refusal is a sentence and its kind, also where it is none of ours", async () => {
  new Server({
    "GET api/locked": () => refused("it is locked", "locked", 423),
    "GET api/proxy": () => new Response("<html>", { status: 502, statusText: "Bad Gateway" }),
    "GET api/absent": () => new Response("", { status: 404 }),
  });
  const failed = (url) =>
    get(url).then(assert.fail, (error) => [error.constructor, error.message, kindOf(error), error.status]);
  assert.deepEqual(await failed("api/locked"), [ApiError, "it is locked", "locked", 423]);
  assert.deepEqual(await failed("api/proxy"), [ApiError, "", "unexpected", 502]);
  assert.deepEqual((await failed("api/absent")).slice(2), ["notfound", 404]);
});

test("no server, and somebody who went elsewhere, are told apart", async () => {
  globalThis.fetch = async () => {
    throw new TypeError("failed to fetch");
  };
  await assert.rejects(get("api/x"), GoneError);
  globalThis.fetch = async (_url, { signal }) => signal.throwIfAborted();
  const life = new AbortController();
  life.abort();
  await assert.rejects(get("api/x", { signal: life.signal }), isStopped);
  assert.deepEqual([kindOf(new TypeError("x")), isStopped(new TypeError("x")), isStopped(null)], ["", false, false]);
});

test("what the browser loads by itself has the key in its address", () => {
  assert.equal(media("api/card.svg"), "api/card.svg?key=key");
  assert.equal(media("api/card.svg?size=1"), "api/card.svg?size=1&key=key");
  assert.deepEqual([media(""), media(null), coverUrl("", 480)], [null, null, null]);
  assert.equal(audioUrl("a/b"), "api/songs/a%2Fb/audio?key=key");
  const before = coverUrl("a", 480);
  coversChanged();
  assert.notEqual(coverUrl("a", 480), before, "a cover that was changed has another address");
});

test("an upload that was stopped before it began never begins", async () => {
  globalThis.XMLHttpRequest = class {
    constructor() {
      assert.fail("it began");
    }
  };
  const life = new AbortController();
  life.abort();
  await assert.rejects(upload(1, new Blob(["x"]), "x", { signal: life.signal }), isStopped);
});

test("what was asked last about a thing is what the server hears last, however long each answer takes", async () => {
  const choice = fc.record({ thing: fc.constantFrom("a", "b"), value: fc.nat(), late: fc.nat(5), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(choice, { maxLength: 8 }), async (choices) => {
      const [heard, under] = [new Map(), new Set()];
      const ask = async ({ thing, value, late, fails }) => {
        assert.ok(!under.has(thing), "one about a thing at a time");
        under.add(thing);
        for (let turn = 0; turn < late; turn += 1) await null;
        heard.set(thing, value);
        under.delete(thing);
        if (fails) throw new GoneError("gone");
        return value;
      };
      const ends = await Promise.allSettled(choices.map((each) => inOrder(each.thing, () => ask(each))));
      assert.deepEqual(
        ends.map(({ status, value }) => (status === "fulfilled" ? value : null)),
        choices.map(({ value, fails }) => (fails ? null : value)),
      );
      assert.deepEqual(heard, new Map(choices.map(({ thing, value }) => [thing, value])));
    }),
  );
});
