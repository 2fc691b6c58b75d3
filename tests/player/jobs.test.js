// Work on the server, as the page sees it.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Clock, Server, refused } from "./fakes.js";
import * as jobs from "../../src/magnitizdat/web/player/jobs.js";
import { listen, store } from "../../src/magnitizdat/web/player/store.js";

const job = (state, more = {}) => ({
  id: "1",
  verb: "fill",
  state,
  sentence: state === "running" ? "" : "It ended.",
  ...more,
});
const ONE = "GET api/jobs/1?wait=1";
let clock, life, finished;
beforeEach(() => {
  clock = new Clock();
  life = new AbortController();
  finished = [];
  store.session = { state: "open" };
  listen("finished", (each) => finished.push(each), life.signal);
});
afterEach(async () => {
  life.abort();
  jobs.forget();
  await clock.pass(5000);
  clock.restore();
});

test("work is watched until it ends, and its end is told once", async () => {
  const states = [job("running", { done: 1 }), job("running", { done: 2 }), job("done")];
  const server = new Server({ "POST api/jobs": job("running"), [ONE]: () => states.shift() });
  const id = await jobs.start("fill", { stick: "s" });
  assert.deepEqual(server.asked[0], ["POST api/jobs", { verb: "fill", stick: "s" }]);
  assert.equal(jobs.running().length, 1);
  await clock.pass(10_000);
  assert.equal(jobs.job(id).state, "done");
  assert.deepEqual(
    finished.map(({ state }) => state),
    ["done"],
  );
  assert.equal(server.count(ONE), 3);
});

test("a server that answers at once is not asked more than once a second", async () => {
  const at_once = () => new Promise((resolve) => setTimeout(() => resolve(job("running")), 10));
  const server = new Server({ "POST api/jobs": job("running"), [ONE]: at_once });
  await jobs.start("fill", {});
  await clock.pass(10_500);
  assert.ok(server.count(ONE) <= 12, String(server.count(ONE)));
});

test("a cable that was out for a while changes nothing", async () => {
  const answers = [new TypeError("gone"), new TypeError("gone"), job("done")];
  const next = () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  new Server({ "POST api/jobs": job("running"), [ONE]: next });
  await jobs.start("fill", {});
  await clock.pass(10_000);
  assert.deepEqual(
    finished.map(({ state }) => state),
    ["done"],
  );
});

test("of work that the server knows no more the page says so, and no longer that it runs", async () => {
  new Server({ "POST api/jobs": job("running"), [ONE]: () => refused("it is not here any more", "notfound", 404) });
  await jobs.start("fill", {});
  await clock.pass(2000);
  assert.deepEqual(
    finished.map(({ state, sentence }) => [state, sentence]),
    [["failed", "it is not here any more"]],
  );
  assert.deepEqual(jobs.running(), []);
});

test("after a reload what runs is taken up, once, and what ended is there", async () => {
  const known = { jobs: [job("running"), job("done", { id: "0", words: "six words" })] };
  let answer;
  const server = new Server({ "GET api/jobs": known, [ONE]: new Promise((resolve) => (answer = resolve)) });
  await jobs.recall();
  await jobs.recall();
  await clock.pass(5000);
  assert.equal(server.count(ONE), 1);
  assert.deepEqual(
    jobs.all().map(({ id }) => id),
    ["1", "0"],
  );
  answer(job("done"));
});

test("a locked page knows of no work, even if an answer comes late", async () => {
  let answer;
  new Server({ "POST api/jobs": job("running"), [ONE]: new Promise((resolve) => (answer = resolve)) });
  await jobs.start("fill", {});
  jobs.forget();
  answer(job("done", { words: "six words" }));
  await clock.pass(5000);
  assert.deepEqual([jobs.all(), finished], [[], []]);
});
