// Files on their way, whatever the page shows.
import assert from "node:assert/strict";
import { after, afterEach, beforeEach, test } from "node:test";
import { Clock, Server, settled } from "./fakes.js";
import * as hand from "../../src/magnitizdat/web/player/in_hand.js";
import * as way from "../../src/magnitizdat/web/player/sending.js";

const clock = new Clock();
after(() => clock.restore());

/** What goes up when the test says so. */
class Request extends EventTarget {
  static all = [];
  upload = new EventTarget();
  status = 200;
  responseText = "{}";
  open(_method, url) {
    this.number = Number(url.split("/").at(-1));
  }
  setRequestHeader(name, value) {
    if (name === "X-Mag-Name") this.name = decodeURIComponent(value);
  }
  send(file) {
    this.file = file;
    Request.all.push(this);
  }
  abort() {
    this.dispatchEvent(new Event("abort"));
  }
  /** It has come, and waits there. */
  async came() {
    there.push({ id: this.number, name: this.name, length: this.file.size });
    this.dispatchEvent(new Event("load"));
    await settled();
  }
}
globalThis.XMLHttpRequest = Request;

let there;
beforeEach(() => {
  there = [];
  Request.all = [];
  new Server({
    "GET api/uploads": () => ({ uploads: there }),
    "PUT api/in-hand": {},
    "GET api/in-hand": { places: {} },
  });
});
afterEach(async () => {
  way.forget();
  hand.forget();
  await settled();
});

const files = (...names) => names.map((name) => ({ file: { size: 100 + name.length }, name }));
const last = () => Request.all.at(-1);

test("one file after the other goes up, and how far it is can be seen", async () => {
  const sent = way.sendAll(files("a", "bb"));
  await settled();
  last().upload.dispatchEvent(Object.assign(new Event("progress"), { loaded: 50 }));
  assert.deepEqual(way.sending(), { done: 50, total: 203 });
  await last().came();
  assert.deepEqual(way.sending(), { done: 101, total: 203 });
  await last().came();
  await sent;
  assert.equal(way.sending(), null);
  assert.deepEqual([there.map(({ name }) => name), way.lacking()], [["a", "bb"], 0]);
});

test("files that are chosen meanwhile go the same way", async () => {
  const sent = way.sendAll(files("a"));
  await settled();
  await way.sendAll(files("bb"));
  assert.equal(way.sending().total, 203);
  await last().came();
  await last().came();
  await sent;
  assert.equal(there.length, 2);
});

test("what was stopped is told, and what is there is not sent twice", async () => {
  const sent = way.sendAll(files("a", "bb", "ccc"));
  await settled();
  await last().came();
  way.stop();
  await sent;
  assert.deepEqual([way.sending(), way.lacking()], [null, 2]);
  const again = way.sendAll(files("a", "bb", "ccc"));
  await settled();
  assert.equal(way.sending().total, 205);
  await last().came();
  await last().came();
  await again;
  assert.deepEqual([there.map(({ name }) => name), way.lacking()], [["a", "bb", "ccc"], 0]);
});

test("a refusal ends it with its sentence, and tells how many lack", async () => {
  const sent = way.sendAll(files("a", "bb"));
  await settled();
  Object.assign(last(), { status: 507, responseText: JSON.stringify({ error: "the disk is full", kind: "nospace" }) });
  const refused = assert.rejects(sent, { message: "the disk is full" });
  last().dispatchEvent(new Event("load"));
  await refused;
  assert.deepEqual([way.sending(), way.lacking()], [null, 2]);
});

test("a locked page lets go of what was on its way, and knows nothing of it", async () => {
  const sent = way.sendAll(files("a"));
  await settled();
  way.forget();
  hand.forget();
  await sent;
  assert.deepEqual([way.sending(), way.lacking()], [null, 0]);
});
