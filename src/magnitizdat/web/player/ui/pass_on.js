// Something small to hand over: a code to be photographed, a file, or text.
import { t } from "../i18n.js";
import { h } from "./dom.js";
import { button } from "./form.js";
import { notice } from "./notice.js";

/** @param {{ qr: string | null, text: string, file: string }} thing @param {string} words what the code is */
export function passOn({ qr, text, file }, words) {
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    notice(t("copied"));
  };
  return h(
    "div",
    { class: "pass-on" },
    qr
      ? h("img", { class: "qr", src: qr, alt: words, width: 260, height: 260 })
      : h("p", { class: "typed small soft" }, t("pass.toobig")),
    h(
      "div",
      { class: "actions" },
      button(t("pass.file"), () => saved(text, file)),
      button(t("card.copy"), copy),
      button(t("print"), () => print()),
    ),
  );
}

/** Into the browser's folder of downloads, whose history then knows the name: it says nothing. @param {string} text @param {string} name */
function saved(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  const link = h("a", { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}
