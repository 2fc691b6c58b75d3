// The bar of what is chosen: how much it is, and what can be done with it. Loaded once something is.
import { post } from "../api.js";
import { t } from "../i18n.js";
import { player } from "../player.js";
import { go, here } from "../router.js";
import { listen, store } from "../store.js";
import { chooseOnly } from "./choosing.js";
import { h, part } from "./dom.js";
import { button } from "./form.js";
import { addToPlaylist } from "./menu.js";
import { notice } from "./notice.js";

const GIVING = ["fill", "share", "export"]; // there the sheet itself says what is chosen
const bar = part("choice");
const count = h("b", { role: "status" });

/** Show it, or hide it, as what is chosen and the view that is shown want. */
export function show() {
  const hidden = !store.picked.size || GIVING.includes(here().name);
  if (bar.hidden && !hidden) draw();
  bar.hidden = hidden;
  document.body.classList.toggle("with-choice", !hidden);
  count.textContent = t("choose.count", { n: store.picked.size });
}

function draw() {
  bar.setAttribute("aria-label", t("choose.bar"));
  bar.replaceChildren(count, h("div", { class: "actions" }, verbs()));
}

function verbs() {
  const found = () => post("api/chosen", store.picked.wish());
  return [
    button(t("choose.fill"), () => go("fill"), { class: "small" }),
    button(t("choose.share"), () => go("share"), { class: "small" }),
    button(t("choose.export"), async () => (await import("./saving.js")).exported(store.picked.wish()), {
      class: "small",
    }),
    button(t("choose.playlist"), async () => addToPlaylist((await found()).ids), { class: "small" }),
    button(t("choose.queue"), async () => queued(await found()), { class: "small" }),
    button(t("choose.none"), () => chooseOnly([]), { class: "small bare" }),
  ];
}

/** @param {{ ids: Id[], songs: Song[] }} found */
function queued({ ids, songs }) {
  player.add(songs);
  notice(t(songs.length < ids.length ? "choose.queued.first" : "choose.queued", { n: songs.length }));
}

addEventListener("hashchange", show);
listen("language", () => {
  draw();
  show();
});
