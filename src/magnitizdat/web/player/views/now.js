// What plays now: the cassette, its words, and what comes after it.
import { byline, clock, t } from "../i18n.js";
import { player } from "../player.js";
import { listen, within } from "../store.js";
import { cassette } from "../ui/cassette.js";
import { key, showKey } from "../ui/deck.js";
import { h } from "../ui/dom.js";
import { hearingKeys } from "../ui/hearing.js";
import { lyrics } from "../ui/lyrics.js";
import { queueList } from "../ui/queue_list.js";
import { empty } from "../ui/states.js";
import { starButton } from "../ui/tracks.js";
import { waveform } from "../ui/waveform.js";
import { tabs } from "../ui/tabs.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  await player.recall();
  const box = h("div", { class: "now-view" });
  let life = within(signal);
  const draw = () => {
    life.abort();
    life = within(signal);
    box.replaceChildren(
      tabs("now"),
      ...(player.song
        ? filled(life.signal)
        : [
            h("h1", { class: "unseen" }, t("tab.now")),
            empty(
              t("now.empty"),
              t("now.empty.text"),
              h("a", { class: "button solid", href: "#/home" }, t("nav.listen")),
            ),
          ]),
    );
  };
  let had = Boolean(player.song);
  listen(
    "queue",
    () => {
      if (had !== Boolean(player.song)) draw();
      had = Boolean(player.song);
    },
    signal,
  );
  draw();
  return box;
}

/** @param {AbortSignal} signal */
function filled(signal) {
  const title = h("h1", { dir: "auto" });
  const from = h("a", { class: "typed", dir: "auto" });
  const star = h("span", {});
  const update = () => {
    const song = player.song;
    if (!song) return;
    title.textContent = song.title;
    from.textContent = `${byline(song.artist)} — ${song.album}`;
    from.href = `#/album/${song.album_id}`;
    star.replaceChildren(starButton(song));
  };
  listen("queue", update, signal);
  update();
  return [
    h(
      "div",
      { class: "machine" },
      cassette(signal),
      h("div", { class: "head" }, h("div", {}, title, from), star),
      waveform(signal),
      controls(signal),
      hearingKeys(signal),
    ),
    lyrics(signal),
    queueList(signal),
  ];
}

/** @param {AbortSignal} signal */
function controls(signal) {
  const time = h("span", { class: "time typed" });
  const play = key("play", t("player.play"), () => player.toggle());
  const repeat = key("repeat", t("player.repeat"), () => player.turnRepeat());
  const update = () => {
    time.textContent = `${clock(player.position)} / ${clock(player.duration)}`;
    showKey(play);
    repeat.setAttribute("aria-pressed", String(player.repeat !== "off"));
    repeat.setAttribute("aria-label", t(`repeat.${player.repeat}`));
    repeat.title = t(`repeat.${player.repeat}`);
    repeat.classList.toggle("one", player.repeat === "one");
  };
  listen("player", update, signal);
  update();
  return h(
    "div",
    { class: "keys" },
    time,
    key("back", t("player.back"), () => player.back()),
    play,
    key("next", t("player.next"), () => player.next()),
    key("shuffle", t("player.shuffle"), () => player.shuffle()),
    repeat,
  );
}
