// Playwright sends every browser this command; Debian's Firefox does not know it yet, and is forgiven.
const { readFileSync } = require("node:fs");
const { _extensions } = require("node:module");

const UNKNOWN = "emulation.setMediaFeaturesOverride";
const compile = _extensions[".js"];

_extensions[".js"] = (module, file) => {
  if (!file.endsWith("coreBundle.js")) return compile(module, file);
  const forgiving = readFileSync(file, "utf8").replaceAll(`.send("${UNKNOWN}"`, `.sendMayFail("${UNKNOWN}"`);
  return module._compile(forgiving, file);
};
