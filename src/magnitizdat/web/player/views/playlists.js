import { get, post } from "../api.js";
import { lasting, t } from "../i18n.js";
import { go } from "../router.js";
import { choosable, chooseKeys } from "../ui/choosing.js";
import { h } from "../ui/dom.js";
import { field, form, text } from "../ui/form.js";
import { ruleForm } from "../ui/rule_form.js";
import { empty } from "../ui/states.js";
import { tabs } from "../ui/tabs.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const [{ playlists }, { compilations }] = await Promise.all([
    get("api/playlists", { signal }),
    get("api/compilations", { signal }),
  ]);
  const thing = (/** @type {Playlist} */ { id, name }) => ({
    kind: /** @type {const} */ ("playlist"),
    id,
    title: name,
  });
  const line = (/** @type {Playlist} */ list) =>
    choosable(
      h(
        "li",
        { class: "pickable" },
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
      ),
      thing(list),
    );
  return h(
    "div",
    {},
    tabs("playlists"),
    h(
      "div",
      { class: "bar" },
      h("h1", {}, t("tab.playlists")),
      playlists.length > 0 && chooseKeys(() => playlists.map(thing)),
    ),
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
    ruleForm(),
    compilations.length > 0 && signed(compilations),
  );
}

/** What labels signed, read-only. @param {Compiled[]} all */
const signed = (all) =>
  h(
    "section",
    { class: "shelf" },
    h("h2", {}, t("compiled.title")),
    h(
      "ul",
      { class: "rows plain" },
      all.map((list) =>
        h(
          "li",
          {},
          h(
            "a",
            { class: "ruled", href: `#/compilation/${list.id}` },
            h(
              "span",
              {},
              h("bdi", {}, list.name),
              h("small", { class: "typed" }, " · ", h("bdi", {}, t("compiled.by", { name: list.label }))),
            ),
            h("small", {}, t("compiled.here", { here: list.here, n: list.count })),
          ),
        ),
      ),
    ),
  );
