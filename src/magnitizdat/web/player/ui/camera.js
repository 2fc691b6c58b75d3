// The camera as a reader of QR codes: frames go to this machine's own server, nowhere else.
import { t } from "../i18n.js";
import { h } from "./dom.js";

const FRAME_MS = 450;
const WIDE = 960;

/**
 * A live picture; frame after frame goes to `seen(picture)`, until that gives true or `signal` ends.
 * @param {(picture: Blob) => Promise<boolean>} seen @param {AbortSignal} signal
 */
export async function camera(seen, signal) {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: WIDE } },
    audio: false,
  });
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  const video = h("video", { playsinline: true, "aria-label": t("camera") });
  video.muted = true;
  video.srcObject = stream;
  await video.play();
  look(video, seen, signal).finally(stop);
  return h("div", { class: "camera" }, video);
}

export const canSee = () => Boolean(navigator.mediaDevices?.getUserMedia) && isSecureContext;

/** @param {HTMLVideoElement} video @param {(picture: Blob) => Promise<boolean>} seen @param {AbortSignal} signal */
async function look(video, seen, signal) {
  const canvas = h("canvas");
  while (!signal.aborted) {
    const picture = await frame(video, canvas);
    if (picture && (await seen(picture))) return;
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
  }
}

/** @param {HTMLVideoElement} video @param {HTMLCanvasElement} canvas @returns {Promise<Blob | null>} */
async function frame(video, canvas) {
  const scale = Math.min(1, WIDE / video.videoWidth);
  [canvas.width, canvas.height] = [video.videoWidth * scale, video.videoHeight * scale];
  if (!canvas.width) return null;
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
}
