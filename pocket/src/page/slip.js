// A slip in the corner: what one of those who speak there says, until it says something else or is closed.
import { button, h, part } from "./dom.js";
import { announce } from "./said.js";
import { t } from "./words.js";

export class Slip {
  #paper = h("div", { class: "slip" });

  /** Beside the slips of others: nobody takes away another's keys. @param {...Node} shown */
  show(...shown) {
    this.#paper.replaceChildren(...shown);
    part("tray").append(this.#paper);
  }

  /** @param {string} text */
  say(text) {
    this.show(
      h("p", { dir: "auto" }, text),
      button("", () => this.close(), t("close")),
    );
    announce(text);
  }

  close() {
    this.#paper.remove();
  }
}
