// Whether a label of mine takes letters: under an address of its own, which stands in what it signs.
import { post } from "../api.js";
import { t } from "../i18n.js";
import { h } from "./dom.js";
import { button } from "./form.js";
import { notice } from "./notice.js";

/** @param {LabelSheet} label @param {() => Promise<void>} again */
export function address(label, again) {
  if (!label.own) return label.letters ? h("p", { class: "actions" }, writing(label.id)) : null;
  const turn = (/** @type {"on" | "new" | "off"} */ way) => async () => {
    notice((await post(`api/labels/${label.id}/letters`, { address: way })).sentence);
    await again();
  };
  return h(
    "section",
    { class: "shelf" },
    h("h2", {}, t("address.title")),
    h("p", { class: "serif" }, t(label.letters ? "address.on" : "address.off")),
    h("p", { class: "typed small soft" }, t(label.letters ? "address.new.text" : "address.text")),
    h(
      "div",
      { class: "actions" },
      label.letters
        ? [button(t("address.new"), turn("new")), button(t("address.stop"), turn("off"))]
        : button(t("address.take"), turn("on")),
    ),
  );
}

/** @param {Id} id */
const writing = (id) => h("a", { class: "button", href: `#/write/to/${id}` }, t("write.title"));
