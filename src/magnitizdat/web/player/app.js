// The page: who we are to the server, then the view that the fragment names.
import { ApiError, GoneError, session } from "./api.js";
import { speak, t } from "./i18n.js";
import { keys } from "./keys.js";
import { player } from "./player.js";
import { go, here, route, turnOver, viewOf } from "./router.js";
import { emit, listen, remembered, store } from "./store.js";
import { deck } from "./ui/deck.js";
import { drops } from "./ui/dropped.js";
import { announce } from "./ui/notice.js";
import { shell, showPlace } from "./ui/shell.js";
import { broken, loading } from "./ui/states.js";
import { tray } from "./ui/tray.js";

for (const name of [
  "albums",
  "album",
  "artists",
  "artist",
  "search",
  "playlists",
  "playlist",
  "now",
  "take",
  "fill",
  "publish",
  "edit",
  "share",
  "friends",
  "labels",
  "players",
  "more",
])
  route(name, () => import(`./views/${name}.js`));
route("start", () => import("./views/start.js"));
route("unlock", () => import("./views/unlock.js"));

const main = document.getElementById("main");
let place = "";

async function boot() {
  try {
    store.session = await session();
    const known = store.session.languages ?? [];
    const wanted =
      known.find(({ code }) => code === remembered("language")) ??
      known.find(({ code }) => code === store.session.language);
    await speak(wanted?.code ?? "en", wanted?.dir);
  } catch (error) {
    if (error.kind === "notfound")
      location.replace("enter"); // the session is over: there the passphrase begins another
    else main.replaceChildren(broken(error, boot));
    return;
  }
  document.getElementById("skip").textContent = t("skip");
  dress();
  await show();
}

function dress() {
  const open = store.session.state === "open";
  shell(open);
  deck(open);
  tray(open);
  if (open) player.recall();
  else player.forget();
}

async function show() {
  const { name, params } = {
    open: here,
    locked: () => ({ name: "unlock", params: [] }),
    none: () => ({ name: "start", params: [] }),
  }[store.session.state]();
  const signal = turnOver();
  const wait = setTimeout(() => main.replaceChildren(loading()), 180);
  signal.addEventListener("abort", () => clearTimeout(wait));
  showPlace(name);
  try {
    const view = await viewOf(name);
    const node = await view.show(params, signal);
    if (signal.aborted) return;
    main.className = `view-${name}`;
    main.replaceChildren(node);
    arrived(name, params);
  } catch (error) {
    if (error.name !== "AbortError" && !signal.aborted) await failed(error, signal);
  } finally {
    clearTimeout(wait);
  }
}

/** Tell a screen reader where we are, and come back to where a list was left. */
function arrived(name, params) {
  const next = [name, ...params].join("/");
  const heading = main.querySelector("h1");
  if (place && next !== place && name !== "search") {
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    announce(heading?.textContent ?? "");
  }
  if (name === "albums") (globalThis.requestIdleCallback ?? setTimeout)(() => viewOf("album")); // what is most likely wanted next
  scrollTo(0, store.places.get(next) ?? 0);
  place = next;
}

/** Where nothing is found because the session is over, the passphrase begins another. */
const over = () =>
  session().then(
    () => false,
    (error) => error.kind === "notfound",
  );

async function failed(error, signal) {
  if (error instanceof ApiError && error.kind === "locked") {
    store.session.state = "locked";
    emit("session");
  } else if (error.kind === "notfound" && (await over())) location.replace("enter");
  else if (!signal?.aborted) main.replaceChildren(broken(error, show));
}

addEventListener("hashchange", show);
addEventListener("scroll", () => place && store.places.set(place, scrollY), { passive: true });
addEventListener("unhandledrejection", (event) => {
  if (event.reason instanceof GoneError || event.reason instanceof ApiError) {
    event.preventDefault();
    if (event.reason.kind === "locked" || event.reason instanceof GoneError) failed(event.reason);
    else emit("notice", { text: event.reason.message, bad: true });
  }
});
listen("session", boot);
listen("language", async () => {
  store.session = await session();
  dress();
  await show();
});
listen("opened", () => {
  history.replaceState(null, "", "#/albums"); // and no second showing, as a change of the fragment would be
  boot();
});
keys();
drops((files) => {
  if (store.session?.state !== "open") return null;
  if (here().name === "publish") return emit("dropped", files);
  store.dropped = files;
  return go("publish");
});
boot();
