import { get, post } from "../api.js";
import { lasting, t } from "../i18n.js";
import { go } from "../router.js";
import { h } from "../ui/dom.js";
import { field, form, text } from "../ui/form.js";
import { empty } from "../ui/states.js";
import { tabs } from "./albums.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const { playlists } = await get("api/playlists", { signal });
  const line = (/** @type {Playlist} */ list) =>
    h(
      "li",
      {},
      h(
        "a",
        { class: "ruled", href: `#/playlist/${list.id}` },
        h("span", { dir: "auto" }, list.name),
        h(
          "small",
          {},
          [t("album.songs", { n: list.count }), list.duration_s ? lasting(list.duration_s) : null]
            .filter(Boolean)
            .join(" · "),
        ),
      ),
    );
  return h(
    "div",
    {},
    tabs("playlists"),
    h("div", { class: "bar" }, h("h1", {}, t("tab.playlists"))),
    playlists.length
      ? h("ul", { class: "rows plain" }, playlists.map(line))
      : empty(t("playlist.none"), t("playlist.none.text")),
    form(
      async (values) =>
        go("playlist", (await post("api/playlists", { name: String(values.get("name")).trim(), songs: [] })).id),
      h(
        "div",
        { class: "inline" },
        field(t("playlist.name"), text("name", "", { required: true, maxlength: 200 })),
        h("button", { class: "solid" }, t("playlist.create")),
      ),
    ),
  );
}
