// The player at the foot of the page.
import { byline, clock, t } from "../i18n.js";
import { player } from "../player.js";
import { go } from "../router.js";
import { listen } from "../store.js";
import { h, part } from "./dom.js";
import { icon } from "./icons.js";
import { reels } from "./reels.js";
import { waveform } from "./waveform.js";

let life = new AbortController();

/** @param {boolean} open */
export function deck(open) {
  life.abort();
  life = new AbortController();
  const foot = part("deck");
  foot.replaceChildren();
  foot.hidden = true;
  foot.setAttribute("aria-label", t("player.name"));
  foot.setAttribute("role", "region");
  if (open) assemble(foot, life.signal);
}

/** @param {HTMLElement} foot @param {AbortSignal} signal */
function assemble(foot, signal) {
  const tape = reels();
  const [title, line, time] = [h("b", { dir: "auto" }), h("span", { dir: "auto" }), h("span", { class: "time" })];
  const now = h(
    "a",
    { class: "now", href: "#/now" },
    h("span", { class: "unseen" }, `${t("player.open")}: `),
    tape.picture,
    h("span", { class: "what" }, title, line),
  );
  const play = key("play", t("player.play"), () => player.toggle());
  /** @type {HTMLInputElement} */
  const volume = h("input", {
    type: "range",
    class: "volume",
    min: 0,
    max: 1,
    step: 0.05,
    "aria-label": t("player.volume"),
    on: { input: () => player.setVolume(Number(volume.value)) },
  });
  const keys = h(
    "div",
    { class: "keys" },
    key("back", t("player.back"), () => player.back()),
    play,
    key("next", t("player.next"), () => player.next()),
    key("queue", t("player.queue"), () => go("now")),
  );
  foot.append(now, waveform(signal), time, keys, volume);
  const update = () => {
    const song = player.song;
    foot.hidden = !song;
    document.body.classList.toggle("sounding", Boolean(song));
    if (!song) return;
    title.textContent = song.title;
    line.textContent = `${byline(song.artist)} — ${song.album}`;
    time.textContent = `${clock(player.position)} / ${clock(player.duration)}`;
    tape.wind(player.duration ? player.position / player.duration : 0, player.playing && !player.waiting);
    showKey(play);
    volume.value = String(player.volume);
  };
  listen("player", update, signal);
  update();
}

/** Press to pause, or to go on. @param {HTMLButtonElement} play */
export function showKey(play) {
  const name = player.playing ? "pause" : "play";
  if (play.dataset.shows === name) return;
  play.dataset.shows = name;
  play.setAttribute("aria-label", t(`player.${name}`));
  play.replaceChildren(icon(name));
}

/** @param {Parameters<typeof icon>[0]} name @param {string} label @param {Act} press */
export function key(name, label, press) {
  return h(
    "button",
    { type: "button", class: `key key-${name}`, "aria-label": label, title: label, on: { click: press } },
    icon(name),
  );
}
