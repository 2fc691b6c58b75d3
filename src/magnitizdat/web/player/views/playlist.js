import { get, post, put, remove } from "../api.js";
import { clock, language, t } from "../i18n.js";
import * as hand from "../in_hand.js";
import { player } from "../player.js";
import { moved } from "../queue.js";
import { go } from "../router.js";
import { within } from "../store.js";
import { asLabel, asOnly, noLabel, signers } from "../ui/as_label.js";
import { ask, tell } from "../ui/dialog.js";
import { chooseKeys } from "../ui/choosing.js";
import { h } from "../ui/dom.js";
import { handle } from "../ui/dragging.js";
import { button, field, heading, text } from "../ui/form.js";
import { save } from "../ui/menu.js";
import { moves } from "../ui/moves.js";
import { complain, notice } from "../ui/notice.js";
import { inPlace } from "../ui/place.js";
import { empty } from "../ui/states.js";
import { songThing, tracks } from "../ui/tracks.js";

/** @param {string[]} params @param {AbortSignal} signal */
export async function show([id], signal) {
  const list = await get(`api/playlists/${id}`, { signal });
  const box = h("div", {});
  let life = within(signal);
  const keep = async (/** @type {Song[]} */ songs) => {
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
        list.songs.length > 0 && chooseKeys(() => list.songs.map(songThing)),
        button(t("player.play"), () => player.play(list.songs), { class: "solid", disabled: !list.songs.length }),
        button(t("compiled.sign"), () => sign(list), { disabled: !list.songs.length }),
        button(t("save.do"), () => save({ playlists: [id] }), { disabled: !list.songs.length }),
        button(t(list.public ? "playlist.alone" : "playlist.household"), () => shared(list, draw)),
        button(t("playlist.rename"), () => rename(list, draw)),
        button(t("playlist.delete"), () => deleted(list)),
      ),
    );
    const moving = (/** @type {Song} */ song, /** @type {number} */ at) => [
      handle(at, 0, (to) => keep(moved(list.songs, at, to)).catch(complain)),
      moves(song, at, list.songs.length, (to) => keep(moved(list.songs, at, to)).catch(complain)),
    ];
    life.abort();
    life = within(signal);
    inPlace(box, () =>
      box.replaceChildren(
        top,
        list.songs.length
          ? tracks(list.songs, life.signal, { full: true, extra: list.rule ? undefined : moving })
          : empty(t("playlist.empty"), t("playlist.empty.text")),
      ),
    );
  };
  draw();
  return box;
}

/** @param {Playlist} list @param {() => void} draw */
async function rename(list, draw) {
  const name = text("name", list.name, { maxlength: 200, required: true });
  if (!(await ask(t("playlist.rename"), field(t("playlist.name"), name), t("save")))) return;
  await put(`api/playlists/${list.id}`, { name: name.value.trim() });
  list.name = name.value.trim();
  draw();
}

/** Everybody of the household sees it in their own players, or nobody else does. @param {Playlist} list @param {() => void} draw */
async function shared(list, draw) {
  await put(`api/playlists/${list.id}`, { public: !list.public });
  list.public = !list.public;
  notice(t(list.public ? "playlist.household.done" : "playlist.alone.done"));
  draw();
}

/** Signed it travels with the label's papers. @param {Playlist} list */
async function sign(list) {
  const own = signers(await get("api/labels"));
  if (!own.length) return tell(t("compiled.sign"), noLabel());
  const place = `compile/${list.id}`; // what is written there stays, whatever comes in between
  const notes = h("textarea", {
    name: "notes",
    rows: 4,
    maxlength: 20_000,
    dir: "auto",
    value: hand.inHand(place) ?? "",
  });
  notes.addEventListener("input", () => hand.keep(place, notes.value || null));
  const box = h(
    "div",
    {},
    h("p", { class: "serif", dir: "auto" }, t("compiled.text")),
    asLabel(own),
    asOnly(own),
    field(t("compiled.notes"), notes),
  );
  if (!(await ask(t("compiled.sign"), box, t("voices.sign")))) return;
  const label = /** @type {HTMLInputElement | null} */ (box.querySelector("[name=label]:is(:checked, [type=hidden])"));
  const wish = { label: label?.value ?? "", notes: notes.value.trim(), language: language() };
  const { sentence } = await post(`api/playlists/${list.id}/sign`, wish);
  hand.keep(place, null);
  notice(sentence);
}

/** @param {Playlist} list */
async function deleted(list) {
  if (!(await ask(t("playlist.delete"), h("p", {}, t("playlist.delete.sure")), t("playlist.delete"), { danger: true })))
    return;
  await remove(`api/playlists/${list.id}`);
  go("playlists");
}
