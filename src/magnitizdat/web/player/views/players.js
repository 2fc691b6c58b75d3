// Other players of one's own: each gets a name and a secret, and can be sent away.
import { get, post, remove } from "../api.js";
import { day, t } from "../i18n.js";
import { ask } from "../ui/dialog.js";
import { h } from "../ui/dom.js";
import { button, field, form, heading, text } from "../ui/form.js";
import { notice } from "../ui/notice.js";
import { empty } from "../ui/states.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const [list, fresh] = [h("div", {}), h("div", {})];
  /** @type {() => Promise<void>} */
  const draw = async () => list.replaceChildren(shown(await get("api/apps", { signal }), draw));
  await draw();
  return h("div", {}, heading(t("players.title"), t("players.line")), fresh, adding(fresh, draw), list);
}

/** @param {Element} fresh @param {() => Promise<void>} draw */
function adding(fresh, draw) {
  const [name, listener] = [
    text("name", "", { required: true, maxlength: 60 }),
    text("listener", "", { maxlength: 60 }),
  ];
  return form(
    async (_values, node) => {
      const made = await post("api/apps", { name: name.value.trim(), listener: listener.value.trim() });
      fresh.replaceChildren(secret(made, () => fresh.replaceChildren()));
      node.reset();
      await draw();
    },
    h(
      "div",
      { class: "pair" },
      field(t("players.name"), name, t("players.name.hint")),
      field(t("players.listener"), listener, t("players.listener.hint")),
    ),
    h("div", { class: "actions" }, h("button", { class: "solid" }, t("players.add"))),
  );
}

/** The secret is shown this once. @param {NewApp} made @param {Act} closed */
function secret(made, closed) {
  const rows = [
    [t("players.address"), made.url],
    [t("players.user"), made.user],
    [t("players.secret"), made.secret],
    [t("players.page"), made.once],
  ].filter(([, value]) => value);
  return h(
    "section",
    { class: "sheet card" },
    h("h2", {}, t("players.once")),
    !made.reachable && h("p", { class: "warning" }, t("players.alone")),
    h(
      "div",
      { class: "handover" },
      h(
        "figure",
        {},
        h("img", { class: "qr", src: made.qr, alt: t("players.qr"), width: 200, height: 200 }),
        h("figcaption", { class: "typed small" }, t("players.scan")),
      ),
      h("dl", { class: "facts" }, rows.map(row)),
    ),
    h("p", { class: "serif" }, t("players.once.text")),
    h("div", { class: "actions" }, button(t("players.noted"), closed, { class: "solid" })),
  );
}

/** What is typed, or copied. @param {string[]} row */
function row([name, value]) {
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    notice(t("copied"));
  };
  return [
    h("dt", {}, name),
    h(
      "dd",
      {},
      h("span", { class: "mono", dir: "ltr", translate: "no" }, value),
      button(t("copy"), copy, { class: "small", "aria-label": `${t("copy")}: ${name}` }),
    ),
  ];
}

/** @param {App[]} apps @param {() => Promise<void>} draw */
function shown(apps, draw) {
  if (!apps.length) return empty(t("players.none"), t("players.none.text"));
  const out = (/** @type {App} */ app) => async () => {
    if (
      !(await ask(
        t("players.revoke"),
        h("p", { dir: "auto" }, t("players.revoke.sure", { name: app.name })),
        t("players.revoke"),
        { danger: true },
      ))
    )
      return;
    await remove(`api/apps/${encodeURIComponent(app.id)}`);
    await draw();
  };
  const line = (/** @type {App} */ app) =>
    h(
      "li",
      { class: "ruled" },
      h(
        "span",
        {},
        h("b", { dir: "auto" }, app.name),
        h(
          "small",
          { class: "typed", dir: "auto" },
          ` ${[app.listener, app.created && day(app.created)].filter(Boolean).join(" · ")}`,
        ),
      ),
      button(t("players.revoke"), out(app), { class: "small" }),
    );
  return h("ul", { class: "rows plain" }, apps.map(line));
}
