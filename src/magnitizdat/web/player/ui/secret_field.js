// Words and passphrases: unseen unless one asks, with a hint where the keyboard is another, and words of the list that begin so.
import { get } from "../api.js";
import { t } from "../i18n.js";
import { beginning, completed, isOtherKeyboard } from "../typed.js";
import { h } from "./dom.js";
import { secret } from "./form.js";

const MOST = 4; // words that are offered
let last = 0;
/** @type {Map<WordList, Promise<string[]>>} */
const lists = new Map();

/** @typedef {"passphrase" | "share"} WordList */

/** @param {WordList} list */
function wordsOf(list) {
  if (!lists.has(list)) {
    const asked = get(`api/words/${list}`).then(({ words }) => words);
    asked.catch(() => lists.delete(list));
    lists.set(list, asked);
  }
  return lists.get(list) ?? Promise.resolve([]);
}

/**
 * A field for what nobody else should read. `list`: which words are offered to whoever lets them be seen.
 * @param {string} name @param {string} label @param {{ hint?: string, list?: WordList, seen?: boolean }} [more] @param {Props} [props]
 */
export function secretField(name, label, { hint, list, seen = false } = {}, props = {}) {
  last += 1;
  const id = `secret-${last}`;
  const input = secret(name, { id, "aria-describedby": `${id}-hint`, ...props });
  const offered = h("div", { class: "offered", role: "group", "aria-label": t("typed.offered") });
  const told = h("small", { class: "told", role: "status" });
  const show = h("button", { type: "button", class: "bare", "aria-pressed": String(seen) }, t("typed.show"));
  const look = () => {
    told.textContent = isOtherKeyboard(input.value) ? t("typed.keyboard") : "";
    offer().catch(() => offered.replaceChildren()); // without offers it goes on as well
  };
  const offer = async () => {
    const begun = list && input.type === "text" ? beginning(input.value) : "";
    const words = begun && list ? await wordsOf(list) : [];
    const fitting = words.includes(begun) ? [] : words.filter((word) => word.startsWith(begun)).slice(0, MOST);
    if (begun === beginning(input.value) || !begun) offered.replaceChildren(...fitting.map(choice));
  };
  const choice = (/** @type {string} */ word) =>
    h("button", { type: "button", class: "small", lang: "en", on: { click: () => take(word) } }, word);
  const take = (/** @type {string} */ word) => {
    input.value = completed(input.value, word);
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const turn = () => {
    const visible = input.type === "password";
    input.type = visible ? "text" : "password";
    show.setAttribute("aria-pressed", String(visible));
    look();
  };
  if (seen) input.type = "text";
  show.addEventListener("click", turn);
  input.addEventListener("input", look);
  input.addEventListener("keyup", (event) => {
    if (event.getModifierState?.("CapsLock")) told.textContent = t("typed.capitals");
  });
  const node = h(
    "div",
    { class: "field secret" },
    h("label", { for: id }, label),
    h("div", { class: "typed-in" }, input, show),
    offered,
    h("small", { id: `${id}-hint` }, hint ?? ""),
    told,
  );
  return { node, input };
}
