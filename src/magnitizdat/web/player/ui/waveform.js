// The sound of a song as a picture to seek in: a canvas under an ordinary slider, so that keys and readers work.
import { get } from "../api.js";
import { clock, t } from "../i18n.js";
import { player } from "../player.js";
import { listen } from "../store.js";
import { h } from "./dom.js";

const BAR = 4;
const HELD = 40;
/** @type {Map<Id, Promise<number[] | null>>} */
const held = new Map(); // songs -> peaks, the last few

/** @param {Id} song */
function peaksOf(song) {
  const known = held.get(song);
  if (known) return known;
  for (const first of [...held.keys()].slice(0, -HELD)) held.delete(first);
  const coming = get(`api/songs/${encodeURIComponent(song)}/waveform`).then(
    ({ peaks }) => {
      if (peaks.length) return peaks;
      held.delete(song); // not looked at yet: perhaps the next time
      return null;
    },
    () => {
      held.delete(song);
      return null;
    },
  );
  held.set(song, coming);
  return coming;
}

/** @param {AbortSignal} signal */
export function waveform(signal) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const slider = h("input", { type: "range", min: 0, max: 1000, value: 0, step: 1, "aria-label": t("player.seek") });
  const box = h("div", { class: "wave" }, canvas, slider);
  /** @type {number[] | null} */
  let peaks = null;
  let shown = "";
  const draw = () => paint(canvas, peaks, player.duration ? player.position / player.duration : 0);
  slider.addEventListener("input", () => player.seek((Number(slider.value) / 1000) * player.duration));
  const update = async () => {
    const share = player.duration ? player.position / player.duration : 0;
    slider.value = String(Math.round(share * 1000));
    slider.setAttribute("aria-valuetext", t("player.at", { at: clock(player.position), of: clock(player.duration) }));
    if (player.song && player.song.id !== shown) {
      shown = player.song.id;
      peaks = null;
      const found = await peaksOf(shown);
      if (shown === player.song?.id) peaks = found;
    }
    draw();
  };
  listen("player", update, signal);
  const seen = new ResizeObserver(draw);
  seen.observe(box);
  signal.addEventListener("abort", () => seen.disconnect());
  update();
  return box;
}

/** @param {HTMLCanvasElement} canvas @param {number[] | null} peaks @param {number} share that was heard */
function paint(canvas, peaks, share) {
  const scale = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const brush = canvas.getContext("2d");
  if (!width || !brush) return;
  if (canvas.width !== Math.round(width * scale))
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  const style = getComputedStyle(canvas);
  brush.setTransform(scale, 0, 0, scale, 0, 0);
  brush.clearRect(0, 0, width, height);
  const bars = Math.floor(width / BAR);
  const back = style.direction === "rtl";
  for (let bar = 0; bar < bars; bar += 1) {
    const tall = Math.max(2, loudest(peaks, bar, bars) * (height - 4));
    const played = bar / bars < share;
    brush.fillStyle = played ? style.getPropertyValue("--played") : style.color;
    brush.globalAlpha = played ? 1 : 0.42;
    brush.fillRect((back ? bars - 1 - bar : bar) * BAR, (height - tall) / 2, BAR - 1.5, tall);
  }
}

/** @param {number[] | null} peaks 0 to 255 @param {number} bar @param {number} bars @returns {number} 0 to 1 */
function loudest(peaks, bar, bars) {
  if (!peaks?.length) return 0.06;
  const [from, to] = [Math.floor((bar * peaks.length) / bars), Math.ceil(((bar + 1) * peaks.length) / bars)];
  let most = 0;
  for (let at = from; at < to; at += 1) most = Math.max(most, peaks[at]);
  return most / 255;
}
