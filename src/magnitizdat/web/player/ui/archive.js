// An archive of a label goes where there is room: on a stick, or into a folder of this computer.
import { get } from "../api.js";
import { size, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { h } from "./dom.js";
import { button, form, oneOf } from "./form.js";
import { folderForm } from "./folder.js";

/** @param {LabelSheet} label @param {Watch} watch */
export function archiveForm(label, watch) {
  const box = h("div", {});
  const shut = () => box.replaceChildren(button(t("archive.do"), open));
  const open = async () => {
    const { sticks } = await get("api/sticks");
    box.replaceChildren(
      sticks.length ? sheet(label, sticks, watch, shut) : h("p", { class: "typed" }, t("archive.nowhere")),
      folderForm(open),
    );
  };
  shut();
  return box;
}

/** @param {LabelSheet} label @param {Stick[]} sticks @param {Watch} watch @param {() => void} shut */
const sheet = (label, sticks, watch, shut) =>
  form(
    async (values) => {
      watch(await jobs.start("archive", { label: label.id, stick: String(values.get("stick")) }));
      shut();
    },
    oneOf(
      "stick",
      t("archive.where"),
      sticks.map((stick) => [
        stick.id,
        stick.name,
        t("take.free", { free: size(stick.free), length: size(stick.length) }),
      ]),
      sticks[0].id,
    ),
    h("div", { class: "actions" }, h("button", { class: "solid" }, t("archive.go")), button(t("cancel"), shut)),
  );
