import { t } from "../i18n.js";
import { tell } from "./dialog.js";
import { h } from "./dom.js";

/** @type {[string, Key][]} */
const KEYS = [
  ["Space", "keys.play"],
  ["N / P", "keys.next"],
  ["← / →", "keys.seek"],
  ["+ / -", "keys.volume"],
  ["/", "keys.search"],
  ["A", "keys.albums"],
  ["L", "keys.now"],
  ["?", "keys.help"],
  ["! ! !", "panic.do"],
];

export function keysHelp() {
  tell(
    t("keys.title"),
    h(
      "dl",
      { class: "facts" },
      KEYS.map(([key, words]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, t(words))]),
    ),
  );
}
