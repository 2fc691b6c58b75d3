// Clubs: doors that I have a key of, what is on behind them, and one of my own.
import { get, media, post } from "../api.js";
import { t } from "../i18n.js";
import { h } from "../ui/dom.js";
import { button, field, form, heading, text } from "../ui/form.js";
import { programme } from "../ui/programme.js";
import { empty } from "../ui/states.js";

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const { clubs, gigs, invited } = await get("api/clubs", { signal });
  const founded = h("div", {});
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
      h("aside", { class: "my-card card" }, founding(founded), founded),
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

/** @param {Element} box what stands there once it is founded */
function founding(box) {
  const name = text("name", "", { required: true, maxlength: 100 });
  /** @type {HTMLFormElement} */
  const node = form(
    async () => {
      const made = await post("api/clubs", { name: name.value.trim() });
      node.remove();
      box.replaceChildren(
        h("h2", { tabindex: -1 }, t("publish.paper")),
        h("p", { class: "serif" }, t("club.paper.text")),
        h("pre", { class: "paper print", tabindex: 0, lang: "en" }, made.paper_words),
        h(
          "div",
          { class: "actions" },
          button(t("print"), () => print()),
          h("a", { class: "button solid", href: `#/club/${made.id}` }, t("publish.paper.done")),
        ),
      );
    },
    h("h2", {}, t("club.create")),
    h("p", { class: "serif" }, t("club.create.text")),
    field(t("club.name"), name, t("club.name.hint")),
    h("button", { class: "solid" }, t("club.create.go")),
  );
  return node;
}
