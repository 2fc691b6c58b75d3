// Clubs: doors that I have a key of, what is on behind them, and one of my own.
import { get, media, post } from "../api.js";
import { t } from "../i18n.js";
import { go } from "../router.js";
import { toPaper } from "../store.js";
import { h } from "../ui/dom.js";
import { field, form, heading, text } from "../ui/form.js";
import { programme } from "../ui/programme.js";
import { empty } from "../ui/states.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const { clubs, gigs, invited } = await get("api/clubs", { signal });
  return h(
    "div",
    {},
    heading(t("clubs.title"), t("clubs.line")),
    h(
      "div",
      { class: "two" },
      h(
        "div",
        {},
        invited.map(({ letter, name, words }) =>
          h(
            "a",
            { class: "spoken", href: `#/letter/${letter}` },
            h("b", {}, h("bdi", {}, name)),
            h("span", {}, `${t("club.invited")} ${words}`),
          ),
        ),
        clubs.length ? h("ul", { class: "rows plain" }, clubs.map(line)) : empty(t("clubs.none"), t("clubs.none.text")),
        clubs.length > 0 && programme(gigs, { named: true }),
      ),
      h("aside", { class: "my-card card" }, founding()),
    ),
  );
}

/** @param {Club} club */
function line(club) {
  return h(
    "li",
    { class: "label-card" },
    h("img", { src: media(club.picture), alt: "", width: 64, height: 64 }),
    h(
      "div",
      {},
      h("b", {}, h("a", { href: `#/club/${club.id}`, dir: "auto" }, club.name)),
      h("p", { class: "typed small" }, club.words),
      h("p", { class: club.shut ? "typed small wrong" : "typed small soft", dir: "auto" }, club.shut || club.door),
    ),
    h("em", { class: "tag" }, t(`club.${club.role}`)),
  );
}

function founding() {
  const name = text("name", "", { required: true, maxlength: 100 });
  return form(
    async () => {
      const made = await post("api/clubs", { name: name.value.trim() });
      const next = () => go("club", made.id);
      toPaper({ view: "clubs", words: made.paper_words, text: t("club.paper.text"), next });
    },
    h("h2", {}, t("club.create")),
    h("p", { class: "serif" }, t("club.create.text")),
    field(t("club.name"), name, t("club.name.hint")),
    h("button", { class: "solid" }, t("club.create.go")),
  );
}
