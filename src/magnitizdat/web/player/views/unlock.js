import { ApiError, post } from "../api.js";
import { t } from "../i18n.js";
import { emit } from "../store.js";
import { h } from "../ui/dom.js";
import { form } from "../ui/form.js";
import { panicButton } from "../ui/panic_button.js";
import { reels } from "../ui/reels.js";
import { secretField } from "../ui/secret_field.js";

export async function show() {
  const { node, input: words } = secretField(
    "passphrase",
    t("unlock.words"),
    { list: "passphrase" },
    { autofocus: true },
  );
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
      form(open, node, wrong, h("div", { class: "actions" }, h("button", { class: "solid" }, t("unlock.open")))),
      h("p", { class: "typed small" }, t("unlock.line")),
      h("div", { class: "actions" }, panicButton()),
    ),
  );
}
