// Short sentences that come and go, and what only a screen reader hears.
import { ApiError, GoneError, get, isStopped } from "../api.js";
import { t } from "../i18n.js";
import { player } from "../player.js";
import { listen } from "../store.js";
import { h, part } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN_MS = 7000;

/** @param {string} text */
export function notice(text, { bad = false } = {}) {
  /** @type {HTMLElement} */
  const line = h(
    "p",
    { class: bad ? "notice bad" : "notice" },
    h("span", {}, text),
    h(
      "button",
      { type: "button", class: "bare", "aria-label": t("close"), on: { click: () => line.remove() } },
      icon("close"),
    ),
  );
  for (const said of [...part("notices").children]) if (said.textContent === text) said.remove();
  part("notices").append(line);
  setTimeout(() => line.remove(), bad ? 3 * SHOWN_MS : SHOWN_MS);
}

/** Show the sentence of an error; anything but a refusal of the server is a fault of the page and goes on. @param {unknown} error */
export function complain(error) {
  if (isStopped(error)) return;
  if (error instanceof GoneError) notice(t("gone.title"), { bad: true });
  else if (error instanceof ApiError && error.kind !== "locked")
    notice(error.message || t("error.text"), { bad: true });
  else throw error;
}

/** What was complained of is over: somebody tries again, or went elsewhere. */
export const settle = () => document.querySelectorAll(".notice.bad").forEach((line) => line.remove());

/** @param {string} text */
export function announce(text) {
  part("announcer").textContent = text;
}

addEventListener("hashchange", settle);
addEventListener("input", settle); // the form is used again

listen("notice", ({ text, bad }) => notice(text, { bad }));
listen("unplayable", (song) => unheard(song, t("player.unplayable", { title: song?.title ?? "" })));
listen("silent", (why) => unheard(why === "device" ? null : player.song, t(`player.silent.${why}`)));

/** Why a song is not heard: where the library cannot read it, that, and not what the browser took it for. @param {Song | null} song @param {string} otherwise */
async function unheard(song, otherwise) {
  const asked = song ? get(`api/songs/${encodeURIComponent(song.id)}/whole`) : Promise.resolve();
  const wrong = await asked.then(
    () => null,
    (/** @type {unknown} */ error) => error,
  );
  const hurt = wrong instanceof ApiError && wrong.kind !== "locked" && wrong.message;
  notice(hurt ? `“${song?.title}”: ${hurt}` : otherwise, { bad: true });
}
