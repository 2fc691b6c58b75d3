// The keyboard, wherever no text is being typed.
import { player } from "./player.js";
import { go } from "./router.js";
import { store } from "./store.js";
import { keysHelp } from "./ui/keys_help.js";

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

export function keys() {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || store.session?.state !== "open") return;
    if (typing(event.target) || (event.key === " " && event.target.closest("a,button,summary,label"))) return;
    const does = DOES[event.key];
    if (!does || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    does();
  });
}

const typing = (element) => element.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]"); // in a choice the arrows choose
