// An engine in a worker where one starts, else in slices: nobody else need know which.
import { unsupported } from "../core/trouble.js";
import { stopped } from "./life.js";
import { LinkedEngine } from "./link.js";
import { slicedEngine } from "./slices.js";

/** @typedef {import("../types.js").Engine} Engine */
/** @typedef {import("../types.js").GivenFile} GivenFile */
/** @typedef {import("../types.js").Progress} Progress */
/** @typedef {import("../types.js").Secret} Secret */
/** @typedef {import("../types.js").SignedFile} SignedFile */

/** How long a worker may take to say that it is there. */
const START_MS = 5000;

/** The text of this very script, of which the worker is made: it can be asked for only while the script first runs. */
const own = typeof document === "undefined" ? null : (document.currentScript?.textContent ?? null);

/** The address of the worker that is being made; no other is let through. */
let wanted = "";

/** @typedef {{ createScriptURL(url: string): string }} Policy */
/** @typedef {{ createPolicy(name: string, rules: Policy): Policy }} Policies */

/** @type {Policy | undefined} */
let policy;

/** The one policy of the page. @returns {Policy} */
function thePolicy() {
  const rules = {
    createScriptURL: (/** @type {string} */ url) => {
      if (url !== wanted) throw new TypeError("no script but the page's own");
      return url;
    },
  };
  const { trustedTypes } = /** @type {{ trustedTypes?: Policies }} */ (/** @type {unknown} */ (globalThis));
  policy ??= trustedTypes ? trustedTypes.createPolicy("library", rules) : rules;
  return policy;
}

/** An engine, which is dead once it was told to forget. @returns {Engine} */
export function makeEngine() {
  return new StartingEngine(started());
}

/** @returns {Promise<Engine>} */
async function started() {
  try {
    return await inWorker();
  } catch {
    return slicedEngine();
  }
}

/** Throws: whatever a browser says that starts no worker. @returns {Promise<Engine>} */
function inWorker() {
  if (own === null) throw new TypeError("this script does not know its text");
  wanted = URL.createObjectURL(new Blob([own], { type: "text/javascript" }));
  const address = wanted;
  return new Promise((resolve, reject) => {
    const worker = new Worker(thePolicy().createScriptURL(address));
    const engine = new LinkedEngine(worker, () => worker.terminate());
    const hear = worker.onmessage;
    const fail = (/** @type {unknown} */ why) => {
      worker.terminate();
      engine.end(unsupported("trouble.crashed", why));
      reject(why);
    };
    const late = setTimeout(fail, START_MS, new Error("the worker is silent"));
    worker.onerror = (event) => {
      clearTimeout(late);
      fail(event);
    };
    worker.onmessage = () => {
      clearTimeout(late);
      worker.onmessage = hear;
      resolve(engine);
    };
  }).finally(() => URL.revokeObjectURL(address));
}

/** An engine that is on its way. @implements {Engine} */
class StartingEngine {
  /** @param {Promise<Engine>} coming */
  constructor(coming) {
    this.coming = coming;
    this.over = false;
  }

  /** @param {readonly GivenFile[]} files @param {Secret} secret @param {Progress} progress */
  async open(files, secret, progress) {
    return (await this.here()).open(files, secret, progress);
  }

  /** @param {SignedFile} file @param {(bytes: Uint8Array) => void} chunk @param {Progress} [progress] @param {AbortSignal} [signal] */
  async read(file, chunk, progress, signal) {
    return (await this.here()).read(file, chunk, progress, signal);
  }

  async here() {
    const engine = await this.coming;
    if (this.over) throw stopped();
    return engine;
  }

  forget() {
    this.over = true;
    this.coming.then((engine) => engine.forget());
  }
}
