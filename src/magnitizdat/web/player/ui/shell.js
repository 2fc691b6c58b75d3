// The spine with its verbs, and the line above the page: search, language, light or dark.
import { air, isOpen } from "../air.js";
import { inOrder, post } from "../api.js";
import { language, speak, t, tagOf } from "../i18n.js";
import { tellTabs } from "../events.js";
import { flush } from "../in_hand.js";
import * as jobs from "../jobs.js";
import { go, here } from "../router.js";
import { sending } from "../sending.js";
import { emit, remember, store } from "../store.js";
import { chooseOnly } from "./choosing.js";
import { ask } from "./dialog.js";
import { h, part } from "./dom.js";
import { walk } from "./walk.js";

/** @type {[string, Key][]} */
const VERBS = [
  ["home", "nav.listen"],
  ["take", "nav.take"],
  ["fill", "nav.fill"],
  ["import", "nav.import"],
  ["publish", "nav.publish"],
  ["share", "nav.share"],
  ["post", "nav.post"],
  ["clubs", "nav.clubs"],
  ["friends", "nav.friends"],
  ["more", "nav.more"],
];
/** @type {Record<string, string>} */
const UNDER = {
  albums: "home",
  album: "home",
  artists: "home",
  artist: "home",
  songs: "home",
  genres: "home",
  search: "home",
  playlists: "home",
  playlist: "home",
  compilation: "home",
  discover: "home",
  now: "home",
  edit: "home",
  premiere: "home",
  premieres: "home",
  close: "home",
  letter: "post",
  write: "post",
  club: "clubs",
  labels: "more",
  label: "more",
  sign: "more",
  players: "more",
  carry: "more",
};
const TYPING_MS = 140;

/** @param {boolean} open */
export function shell(open) {
  const [rail, top] = [part("rail"), part("top")];
  rail.hidden = !open;
  top.hidden = false;
  document.body.classList.toggle("closed", !open);
  rail.setAttribute("aria-label", t("nav.name"));
  rail.replaceChildren(
    h("b", { class: "word", "aria-hidden": "true" }, "Magnitizdat"),
    ...VERBS.map(([name, key]) => h("a", { href: `#/${name}`, data: { name } }, t(key))),
    h("button", { type: "button", class: "lock", on: { click: lock } }, t("nav.lock")),
  );
  top.replaceChildren(open ? search() : h("b", { class: "word" }, "Magnitizdat"), languages(), darkness());
}

/** Mark the verb that the view `name` belongs to. @param {string} name */
export function showPlace(name) {
  const at = store.paper?.view ?? name;
  const links = [...part("rail").querySelectorAll("a")];
  const own = links.find((link) => link.dataset.name === (UNDER[at] ?? at));
  const verb = own && own.getClientRects().length ? own : links.at(-1); // a phone's bar has few, and the others under More
  for (const link of links) {
    if (link === verb) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Close the library, for every page of it. */
export async function lock() {
  const what = h("div", {});
  if (store.paper) what.append(h("p", {}, t("lock.paper")));
  if (isOpen(await air().catch(() => null))) what.append(h("p", {}, t("lock.air")));
  if (jobs.running().length) what.append(h("p", {}, t("lock.working")));
  if (sending()) what.append(h("p", {}, t("lock.sending")));
  if (what.childElementCount && !(await ask(t("lock.sure"), what, t("nav.lock"), { danger: true }))) return;
  chooseOnly([]);
  await flush();
  await post("api/lock");
  tellTabs("locked");
  emit("session");
}

let wait = 0;
addEventListener("hashchange", () => clearTimeout(wait)); // who went elsewhere meanwhile wants no answer any more

function search() {
  const asked = () => {
    clearTimeout(wait);
    wait = setTimeout(() => {
      store.query = field.value;
      if (here().name !== "search") go("search");
      else emit("query");
    }, TYPING_MS);
  };
  const reach = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "ArrowDown" || event.key === "Enter") walk(event, 0);
  };
  const field = h("input", {
    type: "search",
    id: "search",
    placeholder: t(matchMedia("(width < 600px)").matches ? "search.name" : "search.hint"),
    "aria-label": t("search.name"),
    autocomplete: "off",
    spellcheck: "false",
    enterkeyhint: "search",
    value: store.query,
    on: { input: asked, keydown: reach },
  });
  return h("form", { role: "search", on: { submit: (event) => event.preventDefault() } }, field);
}

function languages() {
  const known = store.session?.languages ?? [];
  return h(
    "div",
    { class: "languages", role: "group", "aria-label": t("language") },
    known.map(({ code, name, dir }) =>
      h(
        "button",
        {
          type: "button",
          lang: tagOf(code),
          title: name,
          "aria-label": `${code.toUpperCase()} ${name}`,
          "aria-pressed": String(code === language()),
          on: { click: () => choose(code, dir) },
        },
        code.toUpperCase(),
      ),
    ),
  );
}

/** @param {string} code @param {string} dir */
async function choose(code, dir) {
  remember("language", code);
  await speak(code, dir);
  await inOrder("language", () => post("api/session", { language: code })).catch(() => null);
  emit("language");
}

function darkness() {
  const dark = () =>
    (document.documentElement.dataset.theme ??
      (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const turn = () => {
    const theme = dark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    remember("theme", theme);
    lamp.setAttribute("aria-pressed", String(theme === "dark"));
  };
  const lamp = h(
    "button",
    {
      type: "button",
      class: "lamp",
      "aria-pressed": String(dark()),
      "aria-label": t("darkroom"),
      title: t("darkroom"),
      on: { click: turn },
    },
    h("i", {}),
  );
  return lamp;
}
