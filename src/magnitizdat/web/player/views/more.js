// Everything that is not done every day.
import { get, post } from "../api.js";
import { day, lasting, number, size, t } from "../i18n.js";
import { emit, store } from "../store.js";
import { h } from "../ui/dom.js";
import { button, heading } from "../ui/form.js";
import { keysHelp } from "../ui/keys_help.js";
import { reprint } from "./start.js";

export async function show(_params, signal) {
  const status = await get("api/status", { signal });
  const paper = h("div", {});
  const doors = [
    ["labels", "labels.title", "labels.line"],
    ["players", "players.title", "players.line"],
  ];
  return h(
    "div",
    {},
    heading(t("more.title"), t("more.line")),
    h(
      "div",
      { class: "doors" },
      doors.map(([name, title, line]) =>
        h("a", { class: "card door", href: `#/${name}` }, h("b", {}, t(title)), h("span", {}, t(line))),
      ),
      phoneDoors(),
    ),
    (status.warnings ?? []).map((warning) => h("p", { class: "warning" }, warning)),
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
    h("p", { class: "typed small soft" }, `Magnitizdat ${store.session.version ?? ""} · ${t("more.offline")}`),
  );
}

/** On a phone the spine has no room for all verbs: the others stand here. */
const phoneDoors = () =>
  [
    ["publish", "nav.publish", "publish.line"],
    ["friends", "nav.friends", "friends.line"],
  ].map(([name, title, line]) =>
    h("a", { class: "card door narrow", href: `#/${name}` }, h("b", {}, t(title)), h("span", {}, t(line))),
  );

function facts(status) {
  const rows = [
    [t("more.albums"), number(status.albums ?? 0)],
    [t("more.tracks"), number(status.tracks ?? 0)],
    status.duration_s && [t("more.time"), lasting(status.duration_s)],
    [t("more.length"), size(status.length ?? status.library_length ?? 0)],
    [t("more.free"), size(status.free ?? 0)],
    status.waiting ? [t("more.waiting"), number(status.waiting)] : null,
    [t("more.backup"), status.last_backup ? day(status.last_backup) : t("more.never")],
  ].filter(Boolean);
  return rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
}

async function lock() {
  await post("api/lock");
  emit("session");
}
