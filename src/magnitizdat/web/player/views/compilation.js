// A playlist that a label signed: it plays what is here and names the rest. Nobody changes it here but its own label.
import { get, remove } from "../api.js";
import { byline, clock, day, language, languageName, t } from "../i18n.js";
import { player } from "../player.js";
import { go } from "../router.js";
import { chooseKeys } from "../ui/choosing.js";
import { ask } from "../ui/dialog.js";
import { h } from "../ui/dom.js";
import { button, heading } from "../ui/form.js";
import { notice } from "../ui/notice.js";
import { songThing, tracks } from "../ui/tracks.js";

/** @param {string[]} params @param {AbortSignal} signal */
export async function show([key], signal) {
  const list = await get(`api/compilations/${key}`, { signal });
  const songs = list.tracks.flatMap((track) => track.song ?? []);
  const top = heading(list.name, t("compiled.here", { here: list.here, n: list.count }));
  top.append(
    h(
      "div",
      { class: "actions" },
      songs.length > 0 && chooseKeys(() => songs.map(songThing)),
      button(t("player.play"), () => player.play(songs), { class: "solid", disabled: !songs.length }),
      list.own && button(t("voices.withdraw"), () => withdrawn(list)),
    ),
  );
  return h("article", { class: "compilation" }, top, by(list), notes(list.notes), order(list.tracks, songs, signal));
}

/** @param {Compiled} list */
const by = (list) =>
  h(
    "p",
    { class: "typed" },
    h("em", { class: "stamp pick" }, t("compiled.stamp")),
    " ",
    h("a", { href: `#/label/${list.label_id}` }, h("bdi", {}, t("compiled.by", { name: list.label }))),
    list.date && ` · ${day(list.date)}`,
  );

/** In the reader's language where there are such. @param {Record<string, string>} all */
function notes(all) {
  const known = Object.entries(all);
  const [code, words] = known.find(([one]) => one.split("-")[0] === language()) ?? known[0] ?? [];
  if (!words) return null;
  return h(
    "blockquote",
    { class: "said-text oath-note", dir: "auto", lang: code },
    words,
    code !== language() && h("small", { class: "typed" }, ` ${languageName(String(code))}`),
  );
}

/** Songs that are here play; between them stand the others by name. @param {CompiledTrack[]} all @param {Song[]} songs @param {AbortSignal} signal */
function order(all, songs, signal) {
  const here = tracks(songs, signal, { full: true });
  const lines = [...here.children];
  const away = (/** @type {CompiledTrack} */ track) =>
    h(
      "li",
      { class: "away" },
      h(
        "span",
        { class: "title" },
        h("i", { "aria-hidden": "true" }, "–"),
        h("span", { dir: "auto" }, track.title),
        h("em", { class: "tag" }, t("song.away")),
      ),
      h("span", { class: "from", dir: "auto" }, byline(track.artist)),
      h("time", {}, clock(track.duration_s)),
    );
  here.replaceChildren(...all.map((track) => (track.song ? lines.shift() : undefined) ?? away(track)));
  return here;
}

/** @param {Compiled} list */
async function withdrawn(list) {
  const sure = h("p", { dir: "auto" }, t("compiled.withdraw.sure", { name: list.name }));
  if (!(await ask(t("voices.withdraw"), sure, t("voices.withdraw"), { danger: true }))) return;
  notice((await remove(`api/compilations/${list.id}`)).sentence ?? "");
  go("playlists");
}
