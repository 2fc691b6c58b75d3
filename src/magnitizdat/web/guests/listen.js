// One player for an album, at the foot of its page: it goes on by itself. Without this script each song has its own.
const bar = /** @type {HTMLElement} */ (document.querySelector(".player"));
const sound = /** @type {HTMLAudioElement} */ (bar.querySelector("audio"));
const [before, after] = /** @type {HTMLButtonElement[]} */ ([...bar.querySelectorAll("button")]);
const said = /** @type {HTMLElement} */ (bar.querySelector("p"));
const songs = [...document.querySelectorAll(".tracks li")].flatMap((line) => {
  const own = line.querySelector("audio");
  return own ? [{ line, title: own.getAttribute("aria-label") ?? "", own }] : [];
});
let at = -1;
let failures = 0; // in a row: after two it is not the song

/** @param {number} index */
function play(index) {
  const song = songs[index];
  if (!song) return;
  songs[at]?.line.removeAttribute("aria-current");
  at = index;
  song.line.setAttribute("aria-current", "true");
  said.textContent = song.title;
  sound.setAttribute("aria-label", song.title);
  sound.replaceChildren(...[...song.own.querySelectorAll("source")].map((source) => source.cloneNode()));
  sound.lastElementChild?.addEventListener("error", failed); // none of its versions plays here
  sound.load();
  sound.play().catch(() => null);
  bar.hidden = false;
  before.disabled = at === 0;
  after.disabled = !songs[at + 1] && !further();
}

const further = () => /** @type {HTMLAnchorElement | null} */ (document.querySelector("a[rel=next]"));

/** To the next song, on the next page where this one has no more. */
function onward() {
  const page = further();
  if (songs[at + 1]) play(at + 1);
  else if (page) location.href = `${page.href}#go`;
}

function failed() {
  failures += 1;
  if (failures < 2) onward();
}

for (const [index, { line, title, own }] of songs.entries()) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "play";
  button.textContent = "▶";
  button.setAttribute("aria-label", (bar.dataset.play ?? "").replace("{title}", title));
  button.addEventListener("click", () => play(index));
  line.insertBefore(button, own);
}
document.body.classList.add("one-player");
sound.addEventListener("ended", onward);
sound.addEventListener("playing", () => (failures = 0));
before.addEventListener("click", () => play(at - 1));
after.addEventListener("click", onward);
if ("mediaSession" in navigator) {
  navigator.mediaSession.setActionHandler("previoustrack", () => play(at - 1));
  navigator.mediaSession.setActionHandler("nexttrack", onward);
}
if (location.hash === "#go") play(0);
