// Where files are dropped or chosen: whole folders too.
import { t } from "../i18n.js";
import { h } from "./dom.js";
import { complain } from "./notice.js";

/** `taken(files)` gets [{file, name}], a name with its folders. */
export function dropZone(taken) {
  const pick = (props) => h("input", { type: "file", multiple: true, class: "unseen", ...props, on: { change: (event) => give([...event.target.files].map((file) => ({ file, name: file.webkitRelativePath || file.name }))) } });
  const [files, folder] = [pick({ id: "drop-files", "aria-label": t("drop.files") }), pick({ id: "drop-folder", webkitdirectory: true, "aria-label": t("drop.folder") })];
  const zone = h("div", { class: "drop" }, h("p", { class: "big" }, t("drop.title")), h("p", { class: "typed small" }, t("drop.text")), h("div", { class: "actions" }, h("label", { class: "button solid" }, t("drop.files"), files), h("label", { class: "button" }, t("drop.folder"), folder)));
  const give = (found) => found.length && taken(found);
  const over = (on) => (event) => {
    event.preventDefault();
    zone.classList.toggle("over", on);
  };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    dropped(event.dataTransfer).then(give).catch(complain);
  });
  return zone;
}

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, name: file.name }));
  return (await Promise.all(entries.map((entry) => walked(entry, "")))).flat();
}

async function walked(entry, above) {
  const name = `${above}${entry.name}`;
  if (entry.isFile) return [{ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), name }];
  const reader = entry.createReader();
  const inside = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map((one) => walked(one, `${name}/`)))).flat();
}
