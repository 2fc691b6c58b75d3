// Closed albums, all of them: which one is a share of?
import { get } from "../api.js";
import { t } from "../i18n.js";
import { store } from "../store.js";
import { closedCell } from "../ui/closed.js";
import { h } from "../ui/dom.js";
import { heading } from "../ui/form.js";
import { empty } from "../ui/states.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const { premieres } = await get("api/premieres", { signal });
  const closed = premieres.filter((one) => !one.opened);
  return h(
    "div",
    {},
    heading(t("closed.title"), t(store.given ? "closed.given" : "closed.line")),
    closed.length
      ? h(
          "ul",
          { class: "strip" },
          closed.map((one) => h("li", {}, closedCell(one))),
        )
      : empty(t("closed.none"), t("closed.none.text")),
  );
}
