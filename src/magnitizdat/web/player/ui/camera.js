// The camera as a reader of QR codes: frames go to this machine's own server, nowhere else.
import { ApiError, post } from "../api.js";
import { t } from "../i18n.js";
import { h } from "./dom.js";

const FRAME_MS = 450;
const WIDE = 960;

/** A live picture; `read(answer)` when a frame held a card. Ends with `signal`. */
export async function camera(read, signal) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: WIDE } }, audio: false });
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  const video = h("video", { playsinline: true, "aria-label": t("camera") });
  video.muted = true;
  video.srcObject = stream;
  await video.play();
  look(video, read, signal).finally(stop);
  return h("div", { class: "camera" }, video);
}

export const canSee = () => Boolean(navigator.mediaDevices?.getUserMedia) && isSecureContext;

async function look(video, read, signal) {
  const canvas = h("canvas");
  while (!signal.aborted) {
    const answer = await frame(video, canvas, signal);
    if (answer) return read(answer);
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
  }
  return null;
}

async function frame(video, canvas, signal) {
  const scale = Math.min(1, WIDE / video.videoWidth);
  [canvas.width, canvas.height] = [video.videoWidth * scale, video.videoHeight * scale];
  if (!canvas.width) return null;
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  const picture = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
  try {
    return await post("api/friends", picture, { signal, headers: { "Content-Type": "image/jpeg" } });
  } catch (error) {
    if (error.name === "AbortError" || (error instanceof ApiError && error.kind === "notfound")) return null;
    throw error;
  }
}
