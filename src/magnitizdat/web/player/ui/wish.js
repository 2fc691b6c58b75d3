// Ask others for what is missing.
import { post } from "../api.js";
import { t } from "../i18n.js";
import { notice } from "./notice.js";

/** @param {string} id What others know it by. @param {string} name */
export async function wish(id, name) {
  await post("api/wishes", { name: id });
  notice(t("wish.asked", { name }));
}
