// The first start: a passphrase, written on paper, before there is anything to lose.
import { get, media, post } from "../api.js";
import { t } from "../i18n.js";
import { emit, store } from "../store.js";
import { h } from "../ui/dom.js";
import { button, form, heading, tick } from "../ui/form.js";
import { secretField } from "../ui/secret_field.js";
import { isSame } from "../typed.js";

let offered = ""; // the words that stand on somebody's paper by now, whatever language the page goes on in
let chosen = ""; // what is to be typed once more

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const box = h("div", { class: "start" });
  offered ||= store.session?.suggest_words ?? (await get("api/words", { signal })).passphrase;
  if (chosen) written(box, chosen);
  else welcome(box, offered);
  return box;
}

/** @param {Element} box @param {string} words */
function welcome(box, words) {
  const six = h("p", { class: "six", lang: "en", translate: "no" }, words);
  const own = secretField(
    "own",
    t("start.own.label"),
    { hint: t("start.own.hint") },
    { required: false, minlength: 12 },
  );
  const fresh = button(
    t("start.other"),
    async () => {
      offered = (await get("api/words")).passphrase;
      six.textContent = offered;
    },
    { class: "small" },
  );
  const noted = tick("noted", t("start.noted"));
  noted.querySelector("input")?.setAttribute("required", "");
  box.replaceChildren(
    heading(t("start.title"), t("start.line")),
    form(
      (values) => written(box, String(values.get("own") || six.textContent)),
      h("p", { class: "serif" }, t("start.words")),
      h("div", { class: "words card" }, six, fresh),
      h("details", {}, h("summary", {}, t("start.own")), own.node),
      h("p", { class: "serif" }, t("start.paper")),
      noted,
      h("div", { class: "actions" }, h("button", { class: "solid" }, t("start.go"))),
    ),
  );
}

/** Type it once more from the paper: a wrong letter is found now, not in a year. @param {Element} box @param {string} passphrase */
function written(box, passphrase) {
  chosen = passphrase;
  const { node, input: again } = secretField("again", t("start.again"), { list: "passphrase" });
  box.replaceChildren(
    heading(t("start.check"), t("start.check.line")),
    form(
      async () => {
        if (isSame(again.value, passphrase)) return paper(box, (await post("api/init", { passphrase })).paper);
        again.setCustomValidity(t("start.differs"));
        again.reportValidity();
      },
      node,
      h(
        "div",
        { class: "actions" },
        h("button", { class: "solid" }, t("start.make")),
        button(t("back"), () => {
          chosen = "";
          welcome(box, offered);
        }),
      ),
    ),
  );
  again.addEventListener("input", () => again.setCustomValidity(""));
  again.focus();
}

/** @param {Element} box @param {Paper} copy */
function paper(box, copy) {
  [offered, chosen] = ["", ""];
  box.replaceChildren(
    heading(t("start.done"), t("start.done.line")),
    h(
      "section",
      { class: "sheet" },
      paperCopy(copy),
      h("p", { class: "serif" }, t("start.done.text")),
      h(
        "div",
        { class: "actions" },
        button(t("print"), () => print()),
        button(t("start.enter"), () => emit("opened"), { class: "solid" }),
      ),
    ),
  );
}

/** @param {Paper} copy */
function paperCopy(copy) {
  return h(
    "div",
    { class: "paper print", tabindex: 0, role: "group", "aria-label": copy.title },
    h("h2", {}, copy.title),
    h("img", { class: "qr", src: media(copy.qr), alt: "", width: 220, height: 220 }),
    h("pre", {}, copy.lines.join("\n")),
  );
}

/** For whoever wants another copy later: only where the library is open. @param {Element} box */
export async function reprint(box) {
  box.replaceChildren(
    paperCopy(await get("api/paper")),
    button(t("print"), () => print()),
  );
}
