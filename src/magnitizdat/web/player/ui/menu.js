// What can be done with one song, behind three dots.
import { get, post, put } from "../api.js";
import { t } from "../i18n.js";
import { player } from "../player.js";
import { go } from "../router.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { complain, notice } from "./notice.js";

export function songMenu(song) {
  return menu(t("song.menu", { title: song.title }), [
    [t("queue.next"), () => player.add([song], { next: true })],
    [t("queue.add"), () => player.add([song])],
    [t("playlist.add"), () => addToPlaylist([song.id]).catch(complain)],
    [t("song.album"), () => go("album", song.album_id)],
  ]);
}

/** A button that unfolds `items`, pairs of words and what they do. Arrow keys, Escape and a click elsewhere behave as people expect. */
export function menu(label, items) {
  const buttons = items.map(([words, act]) =>
    h(
      "button",
      {
        type: "button",
        role: "menuitem",
        on: {
          click: () => {
            shut();
            act();
          },
        },
      },
      words,
    ),
  );
  const list = h("div", { class: "menu", role: "menu" }, buttons);
  const box = h(
    "details",
    { class: "menu-box" },
    h("summary", { class: "bare", "aria-label": label, title: label }, icon("more")),
    list,
  );
  const shut = () => {
    box.open = false;
    box.firstChild.focus(); // whatever is asked next gives the keyboard back here
  };
  box.addEventListener("toggle", () => box.open && buttons[0].focus());
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") shut();
    else if (!step || !box.open) return;
    else {
      const at = buttons.indexOf(document.activeElement);
      buttons.at(at < 0 ? Math.min(0, step) : (at + step) % buttons.length).focus();
    }
    event.preventDefault();
    event.stopPropagation();
  });
  box.addEventListener("focusout", (event) => {
    if (!box.contains(event.relatedTarget)) box.open = false;
  });
  return box;
}

/** Ask for a playlist, an old one or a new, and put `songs` at its end. */
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
  else
    await put(`api/playlists/${choice.value}`, {
      songs: [...(await get(`api/playlists/${choice.value}`)).songs.map((song) => song.id), ...songs],
    });
  notice(t("playlist.done"));
}
