// The keyboard, wherever no text is being typed.
import { press } from "./panic.js";
import { player } from "./player.js";
import { go } from "./router.js";
import { store } from "./store.js";
import { meantKey } from "./typed.js";
import { keysHelp } from "./ui/keys_help.js";

/** @type {Record<string, () => void>} */
const DOES = {
  " ": () => player.toggle(),
  k: () => player.toggle(),
  n: () => player.next(),
  p: () => player.back(),
  ArrowRight: () => player.seekBy(10),
  ArrowLeft: () => player.seekBy(-10),
  "+": () => player.setVolume(player.volume + 0.1),
  "-": () => player.setVolume(player.volume - 0.1),
  "/": () => document.getElementById("search")?.focus(),
  l: () => go("now"),
  a: () => go("albums"),
  "?": () => keysHelp(),
};

const PANIC = "!"; // three times
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]"; // in a choice the arrows choose

export function keys() {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !store.session) return;
    const at = event.target instanceof Element ? event.target : document.body;
    if (meantKey(event) === PANIC && !event.repeat && !at.matches(TYPING)) press(event.timeStamp);
    if (store.session.state !== "open") return;
    if (at.matches(TYPING) || (event.key === " " && at.closest("a,button,summary,label,input"))) return;
    const does = DOES[meantKey(event)];
    if (!does || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    does();
  });
}
