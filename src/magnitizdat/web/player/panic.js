// In danger: the keys on the computer go, and this page with all that it shows.
import { GoneError, post } from "./api.js";
import { t } from "./i18n.js";
import { forgetShell } from "./kept.js";
import { player } from "./player.js";
import { presses } from "./presses.js";
import { emit } from "./store.js";

const wanting = presses(3, 2000);

/** One press of the key; a book on the keyboard presses once. @param {number} now ms */
export function press(now) {
  const more = wanting(now);
  if (!more) return panic();
  emit("notice", { text: t("panic.more", { n: more }), bad: true });
}

/** Destroy the keys. Where that is done nobody answers any more. */
export async function panic() {
  player.forget();
  document.body.hidden = true;
  try {
    await post("api/panic", { sure: true });
  } catch (error) {
    if (!(error instanceof GoneError)) {
      document.body.hidden = false;
      throw error;
    }
  }
  localStorage.clear();
  await forgetShell().catch(() => null);
  location.replace("about:blank");
}
