// Beside what plays: loudness, speed, and when the music rests.
import { number, t } from "../i18n.js";
import { hear, hearing } from "../hearing.js";
import { player } from "../player.js";
import { listen } from "../store.js";
import { h } from "./dom.js";
import { complain } from "./notice.js";

const SPEEDS = [0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2];
const MINUTES = [15, 30, 45, 60, 90];

/** @param {AbortSignal} signal */
export function hearingKeys(signal) {
  const loudness = choice("hearing.loudness", [
    ["track", t("hearing.track")],
    ["album", t("hearing.album")],
    ["off", t("hearing.off")],
  ]);
  const speed = choice(
    "hearing.speed",
    SPEEDS.map((each) => [String(each), `${number(each)}×`]),
  );
  const rest = choice("hearing.rest", []);
  const update = () => {
    loudness.input.value = hearing().loudness;
    speed.input.value = String(hearing().speed);
    if (document.activeElement !== rest.input) fill(rest.input);
  };
  loudness.input.addEventListener("change", () =>
    hear({ loudness: /** @type {Hearing["loudness"]} */ (loudness.input.value) }).catch(complain),
  );
  speed.input.addEventListener("change", () => hear({ speed: Number(speed.input.value) }).catch(complain));
  rest.input.addEventListener("change", () =>
    player.rest(rest.input.value === "song" ? "song" : Number(rest.input.value)),
  );
  listen("hearing", update, signal);
  listen("player", update, signal);
  update();
  return h("div", { class: "hearing" }, loudness.label, speed.label, rest.label);
}

/** What can be chosen, and what is left of what was. @param {HTMLSelectElement} select */
function fill(select) {
  const { left } = player.resting;
  const minutes = typeof left === "number" && left ? [...new Set([left, ...MINUTES])].sort((a, b) => a - b) : MINUTES;
  const state = `${left}`;
  if (select.dataset.state === state) return;
  select.dataset.state = state;
  select.replaceChildren(
    h("option", { value: "0" }, t("hearing.rest.never")),
    h("option", { value: "song" }, t("hearing.rest.song")),
    ...minutes.map((n) => h("option", { value: String(n) }, t("hearing.rest.minutes", { n }))),
  );
  select.value = state;
}

/** @param {Key} name @param {[value: string, words: string][]} options */
function choice(name, options) {
  const input = h(
    "select",
    {},
    options.map(([value, words]) => h("option", { value }, words)),
  );
  return { input, label: h("label", {}, h("span", {}, t(name)), input) };
}
