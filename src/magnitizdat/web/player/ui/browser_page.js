// The page for those who have no mag: its fingerprint to be read aloud, saved here, or put on a stick beside what lies there.
import { media } from "../api.js";
import { t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { h } from "./dom.js";
import { button } from "./form.js";
import { jobPanel } from "./job.js";

/** Four by four, as it is read aloud. @param {BrowserPage} page */
export const fingerprint = (page) =>
  h("p", { class: "mono fingerprint", lang: "en", dir: "ltr" }, page.groups.join("\n"));

/**
 * What can be done with it; what it says of a stick is shown in its place, so that words that are told once stay where they are.
 * @param {BrowserPage} page @param {Stick[]} sticks @param {AbortSignal} signal @param {(stick: Stick) => string} [words]
 */
export function handed(page, sticks, signal, words = (stick) => t("browser.put.on", { name: stick.name })) {
  const work = h("div", {});
  const put = (/** @type {Stick} */ stick) =>
    button(words(stick), async () =>
      work.replaceChildren(jobPanel(await jobs.start("pocket", { stick: stick.id }), signal)),
    );
  return h(
    "div",
    { class: "browser-page" },
    fingerprint(page),
    h("p", { class: "typed small soft" }, t("browser.proof")),
    h(
      "div",
      { class: "actions" },
      sticks.map(put),
      h("a", { class: "button", href: media("api/pocket/page"), download: page.name }, t("browser.save")),
    ),
    work,
  );
}
