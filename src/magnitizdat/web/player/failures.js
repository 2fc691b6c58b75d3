// Why a song does not sound: no device that sounds, nothing that comes any more, or the song itself.
const LOST = 2; // MediaError.MEDIA_ERR_NETWORK, which node does not have
// As Firefox ("OnMediaSinkAudioError") and Chromium ("AUDIO_RENDERER_ERROR: audio render error") word it.
const NO_DEVICE = /cubeb|(media|audio).?sink|audio.?render|(audio|output) device/i;

/** @typedef {"device" | "lost" | "song"} Why */

/** @param {MediaError | null | undefined} error @returns {Why} */
export function why(error) {
  if (NO_DEVICE.test(error?.message ?? "")) return "device";
  return error?.code === LOST ? "lost" : "song";
}

/** What failed in a row. The first song that cannot be played is passed over, the second one is no chance; a stream that broke off is tried once more. */
export class Failures {
  #row = 0;
  #retried = "";

  /** Something sounds. */
  heard() {
    this.#row = 0;
    this.#retried = "";
  }

  /** What follows from a failure of `song`. @param {Why} reason @param {string} song @returns {"again" | "next" | "stop"} */
  next(reason, song) {
    if (reason === "lost" && this.#retried !== song) {
      this.#retried = song;
      return "again";
    }
    this.#row += 1;
    return reason === "song" && this.#row < 2 ? "next" : "stop";
  }
}
