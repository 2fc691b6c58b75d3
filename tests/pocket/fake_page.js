// The page over an engine of tests: what stands behind its address says how much of each, such as `#albums=834,tracks=12`.
import { translations } from "../../pocket/src/i18n/translations.js";
import { Trouble } from "../../pocket/src/core/trouble.js";
import { startPage } from "../../pocket/src/page/page.js";
import { fakeEngine } from "./fake_engine.js";

const wishes = Object.fromEntries(
  (document.URL.split("#")[1] ?? "")
    .split(",")
    .filter(Boolean)
    .map((each) => [each.split("=")[0], Number(each.split("=")[1])]),
);
const trouble = (kind, sentence) => new Trouble(kind, sentence);
startPage({ makeEngine: () => fakeEngine({ ...wishes, trouble }), translations });
