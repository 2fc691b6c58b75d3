// A playlist that fills itself: what holds of its songs, in which order, and how many.
import { post } from "../api.js";
import { t } from "../i18n.js";
import { go } from "../router.js";
import { h } from "./dom.js";
import { button, field, form, text } from "./form.js";

/** @type {[name: string, words: Key, kind: "text" | "number" | "days" | "flag"][]} */
const FIELDS = [
  ["genre", "album.genres", "text"],
  ["artist", "songs.artist", "text"],
  ["album", "songs.album", "text"],
  ["title", "songs.title", "text"],
  ["label", "album.label", "text"],
  ["year", "songs.year", "number"],
  ["rating", "songs.rating", "number"],
  ["plays", "songs.plays", "number"],
  ["played", "songs.played", "days"],
  ["added", "rule.added", "days"],
  ["starred", "songs.only.starred", "flag"],
];
/** @type {Record<string, string[]>} */
const OPERATORS = {
  text: ["contains", "lacks", "is", "is-not"],
  number: ["is", "above", "below"],
  days: ["within-days", "not-within-days"],
  flag: ["is", "is-not"],
};
const ORDERS = ["artist", "title", "album", "year", "rating", "plays", "added", "played", "random"];
const DOWN = new Set(["rating", "plays", "added", "played"]); // what one wants most of first

/** @param {string} label @param {[value: string, words: string][]} options */
const choice = (label, options) =>
  h(
    "select",
    { "aria-label": label },
    options.map(([value, words]) => h("option", { value }, words)),
  );

function condition() {
  const what = choice(
    t("rule.what"),
    FIELDS.map(([name, words]) => [name, t(words)]),
  );
  const operator = choice(t("rule.how"), []);
  const value = text("value", "", { required: true, "aria-label": t("rule.value") });
  const kind = () => FIELDS.find(([name]) => name === what.value)?.[2] ?? "text";
  const turn = () => {
    const texts = kind() === "text";
    operator.replaceChildren(
      ...OPERATORS[kind()].map((op) =>
        h("option", { value: op }, t(/** @type {Key} */ (`rule.${op.replaceAll("-", "")}`))),
      ),
    );
    value.type = texts ? "text" : "number";
    value.hidden = kind() === "flag";
    value.required = !value.hidden;
  };
  what.addEventListener("change", turn);
  turn();
  const read = () => ({
    field: what.value,
    op: kind() === "flag" ? "is" : operator.value,
    value: kind() === "text" ? value.value.trim() : kind() === "flag" ? operator.value === "is" : Number(value.value),
  });
  return { node: h("div", { class: "row" }, what, operator, value), read };
}

export function ruleForm() {
  const conditions = [condition()];
  const rows = h("div", { class: "repeated", "data-kept": true }, conditions[0].node);
  const more = button(t("rule.more"), () => {
    const one = condition();
    conditions.push(one);
    rows.append(one.node);
  });
  const order = choice(
    t("albums.order"),
    ORDERS.map((by) => [by, t(/** @type {Key} */ (by === "random" ? "rule.random" : `songs.by.${by}`))]),
  );
  const made = async (/** @type {FormData} */ values) => {
    const sort = [{ by: order.value, down: DOWN.has(order.value) }];
    const rule = { all: conditions.map((one) => one.read()), sort, limit: Number(values.get("limit")) || 0 };
    go("playlist", (await post("api/playlists", { name: String(values.get("called")).trim(), rule })).id);
  };
  return h(
    "details",
    {},
    h("summary", {}, t("rule.title")),
    form(
      made,
      h("p", { class: "serif" }, t("rule.text")),
      field(t("playlist.name"), text("called", "", { required: true, maxlength: 200 })),
      rows,
      more,
      h(
        "div",
        { class: "pair" },
        field(t("albums.order"), order),
        field(t("rule.limit"), text("limit", "", { type: "number", min: 1, max: 100000 }), t("rule.limit.hint")),
      ),
      h("div", { class: "actions" }, h("button", { class: "solid" }, t("playlist.create"))),
    ),
  );
}
