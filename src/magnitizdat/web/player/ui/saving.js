// Own files out: saved by the browser, or written as plain files on a stick. They are not sealed, and it says so.
import { get, media, post } from "../api.js";
import { size, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { go } from "../router.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { oneOf, tick } from "./form.js";
import { leftOut } from "./job.js";

const warning = () => h("p", { class: "warning" }, t("save.plain"));

/** Where to, then there. @param {Ticked} ticked */
export async function exported(ticked) {
  const { sticks } = await get("api/sticks");
  if (!sticks.length) return saved(ticked);
  /** @type {[string, string, string][]} */
  const places = sticks.map((stick) => [
    stick.id,
    stick.name,
    t("take.free", { free: size(stick.free), length: size(stick.length) }),
  ]);
  const form = h(
    "div",
    {},
    oneOf("where", t("save.where"), [["", t("save.here"), t("save.here.hint")], ...places], ""),
    tick("small", t("save.small"), { hint: t("save.small.hint") }),
    warning(),
  );
  if (!(await ask(t("choose.export"), form, t("save.go")))) return;
  const where = form.querySelector("[name=where]:checked");
  const stick = where instanceof HTMLInputElement ? where.value : "";
  if (!stick) return offer(await prepared(ticked));
  const small = form.querySelector("[name=small]:checked") !== null;
  await jobs.start("export", { ...ticked, stick, small, name: t("save.name") });
  go("fill");
}

/** By the browser, once somebody read what that means. @param {Ticked} ticked */
export async function saved(ticked) {
  const found = await prepared(ticked);
  const said = [h("p", { dir: "auto" }, h("b", {}, found.name)), leftOut(found.missing), warning()];
  if (await ask(t("save.do"), said, t("save.go"))) offer(found);
}

/** @param {Ticked} ticked */
const prepared = (ticked) => post("api/downloads", { ...ticked, name: t("save.name") });

/** @param {{ id: Id }} found */
function offer({ id }) {
  const link = h("a", { href: media(`api/downloads/${id}`), download: "", hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
}

/** Of one thing alone. @param {Partial<Ticked>} some @returns {Ticked} */
export const only = (some) => ({ albums: [], songs: [], playlists: [], ...some });
