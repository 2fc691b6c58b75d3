// Reads `{ top, script, files }` and writes the doors of all sources under `pocket/src`, and of the built script, as JSON.
// `files` are texts by path below `top`, which stand for what lies there. It judges nothing: `release/walls.py` does.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { API } from "typescript/unstable/sync";
import { Listing } from "./list.js";
import { Types } from "./types.js";

/** @typedef {import("./list.js").Door} Door */
/** @typedef {import("typescript/unstable/sync").Project} Project */
/** @typedef {{ top: string, script: string, files: Record<string, string> }} Asked */

const SETTINGS = {
  allowJs: true,
  checkJs: true,
  strict: true,
  noEmit: true,
  target: "es2022",
  module: "esnext",
  moduleResolution: "bundler",
  moduleDetection: "force",
  lib: ["es2022", "dom", "dom.iterable"],
  types: [],
  paths: { "@noble/*": ["./vendor/*"] },
};
const SOURCES = "pocket/src/";
const SCRIPT = "pocket/built/script.js";
const SETTINGS_AT = "pocket/walls.tsconfig.json";

/** @param {Asked} asked @returns {Door[]} */
function doorsOf({ top, script, files }) {
  const texts = new Map(Object.entries({ ...files, [SCRIPT]: script }).map(([path, text]) => [join(top, path), text]));
  const roots = [`${SOURCES}main.js`, `${SOURCES}build.d.ts`, SCRIPT, ...Object.keys(files)];
  const settings = { compilerOptions: SETTINGS, files: [...new Set(roots)].map((path) => join(top, path)) };
  texts.set(join(top, SETTINGS_AT), JSON.stringify(settings));
  const readFile = (/** @type {string} */ path) => texts.get(path);
  const fileExists = (/** @type {string} */ path) => texts.has(path) || undefined;
  const api = new API({ cwd: top, fs: { readFile, fileExists } });
  try {
    const [project] = api.updateSnapshot({ openProject: join(top, SETTINGS_AT) }).getProjects();
    const types = new Types(project.checker);
    const names = project.program.getSourceFileNames().map((name) => relative(top, name));
    const sources = names.filter((name) => name.startsWith(SOURCES));
    return [...sources, SCRIPT].flatMap((name) => doorsOfFile(project, types, top, name));
  } finally {
    api.close();
  }
}

/** What the checker finds wrong is in it: its word is trusted of what is right alone. @param {Project} project @param {Types} types @param {string} top @param {string} name */
function doorsOfFile({ program }, types, top, name) {
  const path = join(top, name);
  const source = program.getSourceFile(path);
  if (!source) throw new Error(`${name} is not among what was read`);
  const isTyped = name !== SCRIPT;
  const listing = new Listing(source, name, types, isTyped);
  listing.list();
  const wrong = [...program.getSyntacticDiagnostics(path), ...(isTyped ? program.getSemanticDiagnostics(path) : [])];
  for (const { pos, text } of wrong) listing.addAt("type", text, pos, text);
  return listing.doors;
}

console.log(JSON.stringify(doorsOf(JSON.parse(readFileSync(0, "utf8")))));
