import { ApiError, post } from "../api.js";
import { t } from "../i18n.js";
import { emit } from "../store.js";
import { h } from "../ui/dom.js";
import { field, form, secret } from "../ui/form.js";
import { panicButton } from "../ui/panic_button.js";
import { reels } from "../ui/reels.js";

export async function show() {
  const words = secret("passphrase", { autofocus: true });
  const wrong = h("p", { class: "wrong", role: "alert" });
  const open = async () => {
    wrong.textContent = "";
    try {
      await post("api/unlock", { passphrase: words.value });
    } catch (error) {
      if (!(error instanceof ApiError) || error.kind !== "locked") throw error;
      wrong.textContent = error.message;
      words.select();
      return;
    }
    emit("session");
  };
  queueMicrotask(() => setTimeout(() => words.focus()));
  return h(
    "div",
    { class: "unlock" },
    h(
      "div",
      { class: "case" },
      reels().picture,
      h("h1", {}, t("unlock.title")),
      form(
        open,
        field(t("unlock.words"), words),
        wrong,
        h("div", { class: "actions" }, h("button", { class: "solid" }, t("unlock.open"))),
      ),
      h("p", { class: "typed small" }, t("unlock.line")),
      h("div", { class: "actions" }, panicButton()),
    ),
  );
}
