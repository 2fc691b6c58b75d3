// What people say of an album: slips of paper under its sleeve, and a blank one for my own word.
import { get, media, post, remove } from "../api.js";
import { day, language, languageName, number, t } from "../i18n.js";
import { asLabel, asOnly, noLabel } from "./as_label.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { button, field, form, text, tick } from "./form.js";
import { meter, meterInput } from "./meter.js";
import { notice } from "./notice.js";
import { regain } from "./place.js";

const LANGUAGES = ["en", "da", "ru", "uk", "be", "de", "fr", "es", "fa", "ar", "zh"];

/** @param {Id} album @param {AlbumVoices} found @param {AbortSignal} signal */
export function voices(album, found, signal) {
  const box = h("section", { class: "voices shelf", "aria-labelledby": "voices-title" });
  const again = async () => draw(await get(`api/albums/${album}/voices`, { signal }));
  const draw = (/** @type {AlbumVoices} */ now) => box.replaceChildren(...parts(album, now, again));
  draw(found);
  return box;
}

/** @param {Id} album @param {AlbumVoices} found @param {() => Promise<void>} again */
function parts(album, found, again) {
  const desk = h("div", { class: "desk" });
  const write = (/** @type {Voice | null} */ mine) => {
    desk.replaceChildren(editor(album, found.labels, mine, done));
    const what = desk.querySelector("h3");
    what?.setAttribute("tabindex", "-1");
    what?.focus();
  };
  const done = async () => {
    await again();
    regain();
  };
  const slips = found.voices.map((voice) => slip(album, voice, write, again));
  return [
    h("h2", { id: "voices-title" }, t("voices.title")),
    h(
      "div",
      { class: "voices-grid" },
      tally(found, () => write(null)),
      h(
        "div",
        { class: "slips" },
        desk,
        slips.length > 0 ? slips : h("p", { class: "serif soft" }, t("voices.none")),
        found.strangers > 0 && h("p", { class: "strangers typed" }, t("voices.strangers", { n: found.strangers })),
      ),
    ),
  ];
}

/** @param {AlbumVoices} found @param {() => void} write */
function tally(found, write) {
  const speakers = found.voices.filter((voice) => voice.own).length < found.labels.length;
  return h(
    "aside",
    { class: "tally" },
    found.average !== null && [
      h("p", { class: "average" }, h("b", {}, number(Math.round(found.average * 10) / 10)), meter(found.average)),
      h("p", { class: "typed small soft" }, t("voices.average", { n: found.ratings })),
    ],
    found.labels.length ? speakers && button(t("voices.say"), write, { class: "small" }) : noLabel(),
  );
}

/** @param {Id} album @param {Voice} voice @param {(mine: Voice) => void} write @param {() => Promise<void>} again */
function slip(album, voice, write, again) {
  const withdraw = async () => {
    const sure = h("p", {}, t("voices.withdraw.sure", { name: voice.label }));
    if (!(await ask(t("voices.withdraw"), sure, t("voices.withdraw"), { danger: true }))) return;
    notice((await remove(`api/albums/${album}/review?label=${voice.label_id}`)).sentence ?? "");
    await again();
  };
  return h(
    "article",
    { class: voice.own ? "slip own" : "slip" },
    h(
      "header",
      {},
      h("img", { src: media(voice.picture), alt: "", width: 36, height: 36 }),
      h("a", { class: "who", href: `#/label/${voice.label_id}` }, h("bdi", {}, voice.label)),
      voice.own && h("em", { class: "tag" }, t("mark.own")),
      voice.rating !== null && meter(voice.rating),
      voice.recommended && h("em", { class: "stamp pick" }, t("voices.pick")),
    ),
    voice.headline && h("h3", { dir: "auto", lang: voice.language || null }, voice.headline),
    voice.text && h("p", { class: "said-text", dir: "auto", lang: voice.language || null }, voice.text),
    h(
      "footer",
      { class: "typed small soft" },
      h(
        "span",
        {},
        [day(voice.date), voice.language && voice.language !== language() && languageName(voice.language)]
          .filter(Boolean)
          .join(" · "),
      ),
      voice.own &&
        h(
          "span",
          { class: "actions" },
          button(t("voices.change"), () => write(voice), { class: "small" }),
          button(t("voices.withdraw"), withdraw, { class: "small" }),
        ),
    ),
  );
}

/**
 * A slip to be written: what is said is said before it is signed.
 * @param {Id} album @param {AlbumVoices["labels"]} labels @param {Voice | null} mine @param {() => Promise<void>} done
 */
function editor(album, labels, mine, done) {
  const body = h("textarea", { name: "text", rows: 7, maxlength: 20_000, dir: "auto", value: mine?.text ?? "" });
  const lack = h("p", { class: "wrong", role: "alert" });
  const node = form(
    async (values) => {
      const word = {
        label: String(values.get("label")),
        recommended: values.has("recommended"),
        rating: Number(values.get("rating")) || null,
        headline: String(values.get("headline")).trim(),
        text: String(values.get("text")).trim(),
        language: String(values.get("language")),
      };
      const says = word.recommended || word.rating || word.headline || word.text;
      lack.textContent = says ? "" : t("voices.nothing");
      if (!says) return;
      notice((await post(`api/albums/${album}/review`, word)).sentence);
      await done();
    },
    h("h3", { class: "what" }, t("voices.yours")),
    asLabel(labels, mine?.label_id),
    h("div", { class: "pair" }, pick(mine?.recommended ?? false), meterInput(mine?.rating ?? null)),
    field(t("voices.headline"), text("headline", mine?.headline, { maxlength: 512 })),
    field(t("voices.text"), body, t("voices.text.hint")),
    field(t("voices.language"), languages(mine?.language ?? language())),
    h("p", { class: "warning serif" }, t("voices.travels")),
    asOnly(labels),
    lack,
    h("div", { class: "actions" }, h("button", { class: "solid" }, t("voices.sign")), button(t("cancel"), done)),
  );
  node.classList.add("blank-slip");
  return node;
}

/** @param {boolean} recommended */
function pick(recommended) {
  const node = tick("recommended", t("voices.recommend"), { hint: t("voices.recommend.hint") });
  const box = node.querySelector("input");
  if (box) box.checked = recommended;
  return node;
}

/** @param {string} chosen */
function languages(chosen) {
  const known = [...new Set([chosen, language(), ...LANGUAGES])].filter(Boolean);
  const choice = h(
    "select",
    { name: "language" },
    h("option", { value: "" }, t("voices.language.none")),
    known.map((code) => h("option", { value: code }, languageName(code))),
  );
  choice.value = chosen;
  return choice;
}
