// A letter to be written: to whom, what, what lies in it, and whether anybody signs it.
import { get, post } from "../api.js";
import { t } from "../i18n.js";
import { go } from "../router.js";
import { h } from "../ui/dom.js";
import { field, form, heading, oneOf, text as line } from "../ui/form.js";
import { notice } from "../ui/notice.js";
import { empty } from "../ui/states.js";
import { send } from "../uploads.js";

const MOST = 20_000;

/** `#/write`, `#/write/LETTER` for an answer, `#/write/to/WHOM`. @param {string[]} params @param {AbortSignal} signal */
export async function show([letter = "", whom = ""], signal) {
  const answers = letter && letter !== "to" ? letter : "";
  const [found, asked] = await Promise.all([
    get("api/post/people", { signal }),
    answers ? get(`api/post/${answers}`, { signal }) : null,
  ]);
  return h(
    "div",
    {},
    heading(t(answers ? "letter.answer" : "write.title"), t("write.line")),
    asked || found.people.length
      ? sheet(found, asked, whom, signal)
      : empty(
          t("write.nobody"),
          t("write.nobody.text"),
          h("a", { class: "button", href: "#/friends" }, t("nav.friends")),
        ),
  );
}

/** @param {{ people: Addressee[], labels: Label[] }} found @param {Letter | null} asked @param {string} whom @param {AbortSignal} signal */
function sheet({ people, labels }, asked, whom, signal) {
  const body = h("textarea", { name: "text", rows: 12, maxlength: MOST, dir: "auto" });
  const left = h("small", { role: "status" });
  const lack = h("p", { class: "wrong", role: "alert" });
  body.addEventListener("input", () => {
    const room = MOST - body.value.length;
    left.textContent = room < 2_000 ? t("write.left", { n: room }) : "";
  });
  const thing = enclosing(labels);
  /** @type {HTMLFormElement} */
  const node = form(
    async (values) => {
      const [text, chosen] = [body.value.trim(), thing.file()];
      lack.textContent = text || chosen || values.get("enclose") === "card" ? "" : t("write.empty");
      if (lack.textContent) return;
      const way = String(values.get("enclose"));
      const upload = chosen ? await send(chosen, chosen.name, { signal }) : null;
      const done = await post("api/post", {
        to: asked ? "" : String(values.get("to")),
        answers: asked?.id ?? "",
        text,
        label: String(values.get("label") ?? ""),
        name: String(values.get("name")).trim(),
        demo: way === "demo" ? upload : null,
        attach: way === "file" ? upload : null,
        card: way === "card" ? String(values.get("card")) : "",
      });
      notice([done.sentence, ...done.lines].join(" "));
      go("post");
    },
    asked ? h("p", { class: "serif", dir: "auto" }, asked.said) : field(t("write.to"), addressees(people, whom)),
    field(t("write.text"), body, t("write.text.hint")),
    left,
    field(
      t("write.name"),
      line("name", labels.length === 1 ? labels[0].name : "", { maxlength: 200 }),
      t("write.name.hint"),
    ),
    thing.node,
    labels.length > 0 && signing(labels),
    lack,
    h("div", { class: "actions" }, h("button", { class: "solid" }, t("write.go"))),
    h("p", { class: "typed small soft" }, t("write.travels")),
  );
  node.classList.add("blank-slip");
  return node;
}

/** @param {Addressee[]} people @param {string} whom */
function addressees(people, whom) {
  const kinds = /** @type {const} */ (["friend", "label"]);
  const choice = h(
    "select",
    { name: "to", required: true },
    kinds.map((kind) => {
      const some = people.filter((one) => one.kind === kind);
      const options = some.map((one) => h("option", { value: one.id }, `${one.name} · ${one.words}`));
      return some.length > 0 && h("optgroup", { label: t(`write.${kind}s`) }, options);
    }),
  );
  if (people.some(({ id }) => id === whom)) choice.value = whom;
  return choice;
}

/** One thing at most: a demo, a file, or my card, which is not put in by itself. @param {Label[]} labels */
function enclosing(labels) {
  const input = h("input", { type: "file", name: "file", "aria-label": t("write.file") });
  const whose = h(
    "select",
    { name: "card", "aria-label": t("write.card.whose") },
    labels.map((label) => h("option", { value: label.id }, `${label.name} · ${label.words}`)),
  );
  /** @type {[string, string, string?][]} */
  const ways = [
    ["", t("write.nothing")],
    ["demo", t("write.demo"), t("write.demo.hint")],
    ["file", t("write.picture"), t("write.picture.hint")],
  ];
  if (labels.length) ways.push(["card", t("write.card"), t("write.card.hint")]);
  const node = oneOf("enclose", t("write.enclose"), ways, "");
  const large = h("p", { class: "typed small soft" }, t("write.large"));
  const more = h("div", { class: "people" }, h("p", {}, input), h("p", {}, whose), large);
  const fit = () => {
    const way = /** @type {HTMLInputElement | null} */ (node.querySelector(":checked"))?.value ?? "";
    const asks = way === "demo" || way === "file";
    [input.required, input.accept] = [asks, way === "demo" ? "audio/*" : ""];
    [input.parentElement, whose.parentElement, large, more].forEach((part, at) =>
      part?.toggleAttribute("hidden", ![asks, way === "card", way === "demo", Boolean(way)][at]),
    );
  };
  node.append(more);
  node.addEventListener("change", fit);
  fit();
  return { node, file: () => (input.required ? (input.files?.[0] ?? null) : null) };
}

/** Nobody signs unless somebody says so: a signature cannot be taken back. @param {Label[]} labels */
const signing = (labels) =>
  h(
    "details",
    { class: "signing" },
    h("summary", {}, t("write.sign")),
    h("p", { class: "warning serif" }, t("write.warning")),
    oneOf(
      "label",
      t("as.which"),
      [
        ["", t("write.unsigned"), t("write.unsigned.hint")],
        ...labels.map(/** @returns {[string, string, string]} */ (one) => [one.id, one.name, one.words]),
      ],
      "",
    ),
  );
