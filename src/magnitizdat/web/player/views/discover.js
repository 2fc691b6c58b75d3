// Discover: what those whom I follow speak of and I have not heard, here or not, each line with its reason.
import { get } from "../api.js";
import { byline, number, t } from "../i18n.js";
import { cover } from "../ui/covers.js";
import { h } from "../ui/dom.js";
import { button } from "../ui/form.js";
import { empty } from "../ui/states.js";
import { tabs } from "../ui/tabs.js";
import { wish } from "../ui/wish.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const { lines } = await get("api/discover", { signal });
  return h(
    "div",
    { class: "discover" },
    tabs("home"),
    h(
      "div",
      { class: "bar" },
      h("h1", {}, t("discover.title")),
      h("span", { class: "count typed" }, number(lines.length)),
    ),
    h("p", { class: "serif lead" }, t("discover.line")),
    lines.length
      ? h("ol", { class: "chart" }, lines.map(line))
      : empty(
          t("discover.none"),
          t("discover.none.text"),
          h("a", { class: "button", href: "#/labels" }, t("labels.title")),
        ),
  );
}

/** @param {Discovery} found @param {number} at */
function line(found, at) {
  const title = h(
    "div",
    { class: "name" },
    h(
      found.album ? "a" : "b",
      found.album ? { href: `#/album/${found.album}`, dir: "auto" } : { dir: "auto" },
      found.title,
    ),
    h("small", { dir: "auto" }, byline(found.artist)),
  );
  return h(
    "li",
    { class: found.album ? "" : "elsewhere" },
    h("span", { class: "rank", "aria-hidden": "true" }, number(at + 1)),
    found.album ? cover(found.cover, { sizes: "96px" }) : h("span", { class: "cover none" }),
    title,
    h(
      "ul",
      { class: "why typed small" },
      found.reasons.map((reason) => h("li", { dir: "auto" }, reason)),
    ),
    !found.album &&
      h(
        "p",
        { class: "ask typed small" },
        h("em", { class: "tag" }, t("song.away")),
        " ",
        h("span", { dir: "auto" }, found.ask),
        " ",
        button(t("wish.ask"), () => wish(found.wish, found.title), { class: "small" }),
      ),
  );
}
