// In danger, for whoever has no keyboard: asked once.
import { t } from "../i18n.js";
import { panic } from "../panic.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { button } from "./form.js";

export const panicButton = () =>
  button(
    t("panic.do"),
    async () => {
      const said = h("p", {}, t("panic.text"));
      if (await ask(t("panic.title"), said, t("panic.do"), { danger: true })) await panic();
    },
    { class: "danger" },
  );
