// What can be done with one song, behind three dots.
import { get, post, put } from "../api.js";
import { t } from "../i18n.js";
import { player } from "../player.js";
import { go } from "../router.js";
import { choose } from "./choosing.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { complain, notice } from "./notice.js";

/** @param {Song} song */
export function songMenu(song) {
  return menu(t("song.menu", { title: song.title }), [
    [t("queue.next"), () => player.add([song], { next: true })],
    [t("queue.add"), () => player.add([song])],
    [t("playlist.add"), () => addToPlaylist([song.id]).catch(complain)],
    [t("choose.this"), () => choose([{ kind: "song", id: song.id, title: song.title }])],
    [t("save.do"), () => save({ songs: [song.id] })],
    [t("song.info"), () => import("./song_info.js").then(({ songInfo }) => songInfo(song)).catch(complain)],
    [t("song.album"), () => go("album", song.album_id)],
  ]);
}

/** Let the browser save it. @param {Partial<Ticked>} some */
export const save = (some) => import("./saving.js").then(({ only, saved }) => saved(only(some))).catch(complain);

/**
 * A button that unfolds `items`. Arrow keys, Escape and a click elsewhere behave as people expect.
 * @param {string} label @param {[words: string, act: (item: HTMLElement) => unknown][]} items
 */
export function menu(label, items) {
  const buttons = items.map(([words]) => h("button", { type: "button", role: "menuitem" }, words));
  const list = h("div", { class: "menu", role: "menu" }, buttons);
  const head = h("summary", { class: "bare", "aria-label": label, title: label }, icon("more"));
  const box = h("details", { class: "menu-box" }, head, list);
  const shut = () => {
    box.open = false;
    head.focus(); // whatever is asked next gives the keyboard back here
  };
  for (const [at, button] of buttons.entries())
    button.addEventListener("click", () => {
      shut();
      items[at][1](button);
    });
  box.addEventListener("toggle", () => box.open && buttons[0].focus());
  box.addEventListener("keydown", (event) => {
    const step = Number(event.key === "ArrowDown") - Number(event.key === "ArrowUp");
    if (event.key === "Escape") shut();
    else if (!step || !box.open) return;
    else {
      const at = buttons.findIndex((button) => button === document.activeElement);
      buttons.at(at < 0 ? Math.min(0, step) : (at + step) % buttons.length)?.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  });
  box.addEventListener("focusout", (event) => {
    if (!box.contains(/** @type {Node | null} */ (event.relatedTarget))) box.open = false;
  });
  return box;
}

/** Ask for a playlist, an old one or a new, and put `songs` at its end. @param {Id[]} songs */
export async function addToPlaylist(songs) {
  const known = (await get("api/playlists")).playlists.filter((list) => !list.rule);
  const choice = h(
    "select",
    { name: "list" },
    h("option", { value: "" }, t("playlist.new")),
    known.map((list) => h("option", { value: list.id }, list.name)),
  );
  const name = h("input", { name: "name", maxlength: 200, autocomplete: "off" });
  const field = h("label", {}, t("playlist.name"), name);
  choice.addEventListener("change", () => {
    field.hidden = Boolean(choice.value);
  });
  const answer = await ask(t("playlist.add"), [h("label", {}, t("playlist.which"), choice), field], t("playlist.put"));
  if (!answer) return;
  if (!choice.value) await post("api/playlists", { name: name.value.trim() || t("playlist.unnamed"), songs });
  else await put(`api/playlists/${choice.value}`, { add: songs });
  notice(t("playlist.done"));
}
