// The first start: a passphrase, written on paper, before there is anything to lose.
import { get, media, post } from "../api.js";
import { t } from "../i18n.js";
import { emit, store } from "../store.js";
import { h } from "../ui/dom.js";
import { button, field, form, heading, secret, tick } from "../ui/form.js";

export async function show(_params, signal) {
  const box = h("div", { class: "start" });
  welcome(box, store.session.suggest_words ?? (await get("api/words", { signal })).passphrase);
  return box;
}

function welcome(box, words) {
  const six = h("p", { class: "six", lang: "en", translate: "no" }, words);
  const own = secret("own", { required: false, minlength: 12 });
  const fresh = button(
    t("start.other"),
    async () => {
      six.textContent = (await get("api/words")).passphrase;
    },
    { class: "small" },
  );
  box.replaceChildren(
    heading(t("start.title"), t("start.line")),
    form(
      (values) => written(box, values.get("own") || six.textContent),
      h("p", { class: "serif" }, t("start.words")),
      h("div", { class: "words card" }, six, fresh),
      h("details", {}, h("summary", {}, t("start.own")), field(t("start.own.label"), own, t("start.own.hint"))),
      h("p", { class: "serif" }, t("start.paper")),
      tick("noted", t("start.noted")),
      h("div", { class: "actions" }, h("button", { class: "solid" }, t("start.go"))),
    ),
  );
  box.querySelector("[name=noted]").required = true;
}

/** Type it once more from the paper: a wrong letter is found now, not in a year. */
function written(box, passphrase) {
  const again = secret("again", { "aria-label": t("start.again") });
  box.replaceChildren(
    heading(t("start.check"), t("start.check.line")),
    form(
      async () => {
        if (again.value.trim() !== passphrase)
          return again.setCustomValidity(t("start.differs")) || again.reportValidity();
        return paper(box, (await post("api/init", { passphrase })).paper);
      },
      field(t("start.again"), again),
      h(
        "div",
        { class: "actions" },
        h("button", { class: "solid" }, t("start.make")),
        button(t("back"), () => welcome(box, passphrase)),
      ),
    ),
  );
  again.addEventListener("input", () => again.setCustomValidity(""));
  again.focus();
}

function paper(box, copy) {
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

function paperCopy(copy) {
  return h(
    "div",
    { class: "paper print", tabindex: 0, role: "group", "aria-label": copy.title },
    h("h2", {}, copy.title),
    copy.qr && h("img", { class: "qr", src: media(copy.qr), alt: "", width: 220, height: 220 }),
    h("pre", {}, copy.lines.join("\n")),
  );
}

/** For whoever wants another copy later: only where the library is open. */
export async function reprint(box) {
  box.replaceChildren(
    paperCopy(await get("api/paper")),
    button(t("print"), () => print()),
  );
}
