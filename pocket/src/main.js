// One script for both: the page, and beside it the worker that the page makes of its own text.
import { serve } from "./engine/worker.js";
import { startPage } from "./page/page.js";
import { translations } from "./i18n/translations.js";
import { makeEngine } from "./engine/start.js";

if (typeof document === "undefined") serve();
else startPage({ makeEngine, translations });
