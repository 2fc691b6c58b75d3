// Everything that is not done every day.
import { get, inOrder, post } from "../api.js";
import { lasting, number, size, t } from "../i18n.js";
import { store } from "../store.js";
import { h } from "../ui/dom.js";
import { button, heading, tick } from "../ui/form.js";
import { tell } from "../lock_screen.js";
import { keysHelp } from "../ui/keys_help.js";
import { complain } from "../ui/notice.js";
import { panicButton } from "../ui/panic_button.js";
import { lock } from "../ui/shell.js";
import { reprint } from "./start.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const status = await get("api/status", { signal });
  const paper = h("div", {});
  return h(
    "div",
    {},
    heading(t("more.title"), t("more.line")),
    h(
      "div",
      { class: "doors" },
      door("labels", t("labels.title"), t("labels.line")),
      door("post", t("nav.post"), t("post.line"), "narrow"),
      door("clubs", t("nav.clubs"), t("clubs.line"), "narrow"),
      door("sign", t("holding.title"), t("holding.line")),
      door("players", t("players.title"), t("players.line")),
      door("carry", t("carry.title"), t("carry.line")),
      door("browser", t("browser.title"), t("browser.line")),
      door("premieres", t("closed.title"), t("closed.line")),
      door("import", t("nav.import"), t("import.line"), "narrow"), // on a phone the spine has no room for all verbs
      door("publish", t("nav.publish"), t("publish.line"), "narrow"),
      door("friends", t("nav.friends"), t("friends.line"), "narrow"),
    ),
    status.warnings.map((warning) => h("p", { class: "warning" }, warning)),
    h("section", { class: "shelf" }, h("h2", {}, t("more.library")), h("dl", { class: "facts" }, facts(status))),
    h(
      "section",
      { class: "shelf" },
      h("h2", {}, t("more.paper")),
      h("p", { class: "serif" }, t("more.paper.text")),
      h(
        "div",
        { class: "actions" },
        button(t("more.paper.show"), () => reprint(paper)),
        button(t("keys.title"), () => keysHelp()),
        button(t("nav.lock"), () => lock()),
      ),
      paper,
    ),
    onThePhone(),
    h(
      "section",
      { class: "shelf" },
      h("h2", {}, t("panic.title")),
      h("p", { class: "serif" }, t("panic.text")),
      h("div", { class: "actions" }, panicButton()),
    ),
    h("p", { class: "typed small soft" }, `Magnitizdat ${store.session?.version ?? ""} · ${t("more.offline")}`),
  );
}

/** What a phone or a desktop shows while nobody looks at this page. */
function onThePhone() {
  const shown = tick("show_names", t("phone.names"), { hint: t("phone.names.hint") });
  const box = shown.querySelector("input");
  if (box) box.checked = Boolean(store.session?.show_names);
  box?.addEventListener("change", () =>
    inOrder("show_names", () => post("api/settings", { show_names: box.checked }))
      .then((session) => {
        store.session = session;
        tell();
      })
      .catch((error) => {
        box.checked = !box.checked;
        complain(error);
      }),
  );
  return h(
    "section",
    { class: "shelf" },
    h("h2", {}, t("phone.title")),
    h("p", { class: "serif" }, t("phone.install")),
    shown,
  );
}

/** @param {string} name @param {string} title @param {string} line */
const door = (name, title, line, look = "") =>
  h("a", { class: `card door ${look}`, href: `#/${name}` }, h("b", {}, title), h("span", {}, line));

/** @param {Status} status */
function facts(status) {
  const rows = [
    [t("more.albums"), number(status.albums)],
    [t("more.tracks"), number(status.tracks)],
    [t("more.time"), status.duration_s ? lasting(status.duration_s) : ""],
    [t("more.length"), size(status.length)],
    [t("more.free"), size(status.free)],
    [t("more.waiting"), status.waiting ? number(status.waiting) : ""],
  ].filter(([, value]) => value);
  return rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
}
