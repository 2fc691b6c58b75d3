// The keyboard, wherever no text is being typed.

/** @typedef {import("./sound.js").Sound} Sound */

const STEP_S = 10;
const TYPING = "input, textarea, select";

/** What was pressed: a letter by its place where the keyboard writes other letters, and no capitals. @param {KeyboardEvent} event */
function meant({ key, code }) {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  return code.startsWith("Key") ? code.slice(3).toLowerCase() : key;
}

/** @param {() => Sound | null} sounding @param {() => void} back */
export function keys(sounding, back) {
  /** @type {Record<string, (sound: Sound) => void>} */
  const does = {
    " ": (sound) => sound.toggle(),
    k: (sound) => sound.toggle(),
    n: (sound) => sound.next(),
    p: (sound) => sound.back(),
    ArrowRight: (sound) => sound.seek(sound.position + STEP_S),
    ArrowLeft: (sound) => sound.seek(sound.position - STEP_S),
  };
  addEventListener("keydown", (event) => {
    const at = event.target instanceof Element ? event.target : document.body;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return back();
    const sound = sounding();
    if (!sound?.song || at.matches(TYPING) || (event.key === " " && at.closest("button, label"))) return;
    const act = new Map(Object.entries(does)).get(meant(event));
    if (!act) return;
    event.preventDefault();
    act(sound);
  });
}
