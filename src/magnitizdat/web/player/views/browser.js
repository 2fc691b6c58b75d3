// The page for those who have no mag: what it is, how it is opened, where, and what it cannot.
import { get } from "../api.js";
import { size, t } from "../i18n.js";
import { h } from "../ui/dom.js";
import { heading } from "../ui/form.js";
import { folderForm } from "../ui/folder.js";
import { handed } from "../ui/browser_page.js";
import { lookForSticks } from "../ui/plugged.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const [page, { sticks }] = await Promise.all([get("api/pocket", { signal }), get("api/sticks", { signal })]);
  const box = h("div", {});
  const offer = (/** @type {Stick[]} */ now) => box.replaceChildren(handed(page, now, signal));
  const look = async () => offer((await get("api/sticks", { signal })).sticks);
  offer(sticks);
  lookForSticks(sticks, offer, signal, () => box.contains(document.activeElement));
  return h(
    "div",
    {},
    heading(t("browser.title"), t("browser.line")),
    h(
      "section",
      { class: "shelf" },
      h("h2", {}, `${page.name} · ${size(page.length)}`),
      h("p", { class: "serif" }, t("browser.text")),
      h("p", { class: "warning" }, t("browser.beside")),
      box,
      folderForm(look),
    ),
    listed(t("browser.steps"), page.steps, "ol"),
    listed(t("browser.where"), page.where, "ul"),
    listed(t("browser.honest"), page.honest, "ul"),
  );
}

/** What the leaflet says, too. @param {string} title @param {string[]} lines @param {"ol" | "ul"} kind */
const listed = (title, lines, kind) =>
  h(
    "section",
    { class: "shelf" },
    h("h2", {}, title),
    h(
      kind,
      { class: "serif said" },
      lines.map((line) => h("li", {}, line)),
    ),
  );
