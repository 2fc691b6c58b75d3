// What is on in clubs: day, hour, what, and where if it is told.
import { media } from "../api.js";
import { day, hour, t } from "../i18n.js";
import { h } from "./dom.js";
import { button } from "./form.js";

/** @param {Gig[]} gigs @param {{ named?: boolean, cancel?: (gig: Gig) => unknown }} how */
export function programme(gigs, { named = false, cancel } = {}) {
  return h(
    "section",
    { class: "shelf programme" },
    h("h2", {}, t("club.programme")),
    gigs.length
      ? [
          h(
            "ul",
            { class: "rows plain" },
            gigs.map((gig) => poster(gig, named, cancel)),
          ),
          h(
            "p",
            { class: "actions" },
            h(
              "a",
              { class: "button small", href: media("api/programme.ics"), download: "programme.ics" },
              t("club.ics"),
            ),
            h("span", { class: "typed small soft" }, t("club.ics.text")),
          ),
        ]
      : h("p", { class: "serif soft" }, t("club.programme.none")),
  );
}

/** @param {Gig} gig @param {boolean} named @param {((gig: Gig) => unknown) | undefined} cancel */
function poster(gig, named, cancel) {
  const off = gig.status === "CANCELLED";
  return h(
    "li",
    { class: off ? "poster off" : "poster" },
    h(
      "time",
      { datetime: gig.begins },
      h("b", {}, day(gig.begins)),
      h("span", {}, gig.begins.includes("T") ? hour(gig.begins) : ""),
    ),
    h(
      "div",
      {},
      h(off ? "del" : "b", { dir: "auto" }, gig.summary),
      h("p", { class: "typed small", dir: "auto" }, [gig.location, named && gig.club].filter(Boolean).join(" · ")),
    ),
    h(
      "span",
      { class: "actions" },
      off && h("em", { class: "tag" }, t("gig.cancelled")),
      gig.status === "TENTATIVE" && h("em", { class: "tag" }, t("gig.tentative")),
      !off && cancel && button(t("gig.cancel"), () => cancel(gig), { class: "small" }),
    ),
  );
}
