// A gig to be announced, behind the door alone.
import { post } from "../api.js";
import { t } from "../i18n.js";
import { moment } from "../moments.js";
import { h } from "./dom.js";
import { field, form, text } from "./form.js";
import { notice } from "./notice.js";

/** @param {ClubSheet} club @param {() => Promise<void>} again */
export function gigForm(club, again) {
  const time = (/** @type {string} */ name, required = false) => h("input", { type: "datetime-local", name, required });
  const node = form(
    async (values) => {
      const said = (/** @type {string} */ name) => String(values.get(name)).trim();
      const wish = {
        summary: said("summary"),
        begins: moment(said("begins")),
        ends: moment(said("ends")),
        location: said("location"),
      };
      notice((await post(`api/clubs/${club.id}/gigs`, wish)).sentence);
      await again();
    },
    field(t("gig.what"), text("summary", "", { required: true, maxlength: 200 })),
    h("div", { class: "pair" }, field(t("gig.begins"), time("begins", true)), field(t("gig.ends"), time("ends"))),
    field(t("gig.where"), text("location", "", { maxlength: 512 }), t("gig.where.hint")),
    h("p", { class: "typed small soft" }, t("gig.travels")),
    h("div", { class: "actions" }, h("button", { class: "solid" }, t("gig.go"))),
  );
  return h("details", { class: "gig-form" }, h("summary", {}, t("gig.new")), node);
}
