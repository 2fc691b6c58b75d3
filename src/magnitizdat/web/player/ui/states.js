// What stands on the page when there is nothing else to show: waiting, nothing yet, an error, no server.
import { ApiError, GoneError, kindOf } from "../api.js";
import { t } from "../i18n.js";
import { h } from "./dom.js";
import { reels } from "./reels.js";

export function loading(text = t("loading")) {
  return h(
    "div",
    { class: "state", role: "status" },
    reels({ turning: true }).picture,
    h("p", { class: "typed" }, text),
  );
}

/** An empty sleeve: `title`, one sentence, and what one can do about it. @param {string} title @param {string} text @param {...Child} actions */
export function empty(title, text, ...actions) {
  return h(
    "section",
    { class: "state sleeve" },
    h("div", { class: "blank", "aria-hidden": "true" }),
    h("h2", {}, title),
    h("p", {}, text),
    actions.length > 0 && h("div", { class: "actions" }, actions),
  );
}

/** @param {unknown} error @param {Act} again */
export function broken(error, again) {
  const gone = error instanceof GoneError;
  const title = gone ? t("gone.title") : kindOf(error) === "notfound" ? t("error.notfound") : t("error.title");
  const text = gone ? t("gone.text") : (error instanceof ApiError && error.message) || t("error.text");
  return h(
    "section",
    { class: "state", role: "alert" },
    reels({ turning: false, torn: gone }).picture,
    h("h1", {}, title),
    h("p", { class: "typed" }, text),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", class: "solid", on: { click: () => again() } }, t("again")),
      !gone && h("a", { class: "button", href: "#/home" }, t("nav.listen")),
    ),
  );
}
