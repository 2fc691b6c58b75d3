import { get, put, remove } from "../api.js";
import { clock, t } from "../i18n.js";
import { player } from "../player.js";
import { go } from "../router.js";
import { ask } from "../ui/dialog.js";
import { h } from "../ui/dom.js";
import { button, field, heading, text } from "../ui/form.js";
import { icon } from "../ui/icons.js";
import { complain } from "../ui/notice.js";
import { inPlace } from "../ui/place.js";
import { empty } from "../ui/states.js";
import { tracks } from "../ui/tracks.js";

export async function show([id], signal) {
  const list = await get(`api/playlists/${id}`, { signal });
  const box = h("div", {});
  const keep = async (songs) => {
    await put(`api/playlists/${id}`, { songs: songs.map((song) => song.id) });
    list.songs = songs;
    draw();
  };
  const draw = () => {
    const long = list.songs.reduce((sum, song) => sum + song.duration_s, 0);
    const top = heading(list.name, `${t("album.songs", { n: list.songs.length })} · ${clock(long)}`);
    top.append(
      h(
        "div",
        { class: "actions" },
        button(t("player.play"), () => player.play(list.songs), { class: "solid", disabled: !list.songs.length }),
        button(t("playlist.rename"), () => rename(list, draw)),
        button(t("playlist.delete"), () => deleted(list)),
      ),
    );
    const extra = list.rule ? () => null : (_song, at) => moves(list.songs, at, (songs) => keep(songs).catch(complain));
    inPlace(box, () =>
      box.replaceChildren(
        top,
        list.songs.length
          ? tracks(list.songs, { full: true, numbered: false, signal, extra })
          : empty(t("playlist.empty"), t("playlist.empty.text")),
      ),
    );
  };
  draw();
  return box;
}

/** Up, down, out: a list is put in order with three buttons, so keys and fingers do too. */
export function moves(songs, at, keep) {
  const moved = (to) => {
    const next = [...songs];
    next.splice(to, 0, ...next.splice(at, 1));
    return keep(next);
  };
  const one = (name, words, act, off) =>
    h(
      "button",
      { type: "button", class: "bare", "aria-label": words, title: words, disabled: off, on: { click: act } },
      icon(name),
    );
  return h(
    "span",
    { class: "moves" },
    one("up", t("move.up"), () => moved(at - 1), at === 0),
    one("down", t("move.down"), () => moved(at + 1), at === songs.length - 1),
    one("close", t("move.out"), () => keep(songs.filter((_song, other) => other !== at))),
  );
}

async function rename(list, draw) {
  const name = text("name", list.name, { maxlength: 200, required: true });
  if (!(await ask(t("playlist.rename"), field(t("playlist.name"), name), t("save")))) return;
  await put(`api/playlists/${list.id}`, { name: name.value.trim() });
  list.name = name.value.trim();
  draw();
}

async function deleted(list) {
  if (!(await ask(t("playlist.delete"), h("p", {}, t("playlist.delete.sure")), t("playlist.delete"), { danger: true })))
    return;
  await remove(`api/playlists/${list.id}`);
  go("playlists");
}
