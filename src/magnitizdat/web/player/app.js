// The page: who we are to the server, then the view that the fragment names.
import { ApiError, GoneError, isStopped, kindOf, session } from "./api.js";
import { hear } from "./events.js";
import { speak, t } from "./i18n.js";
import * as hand from "./in_hand.js";
import * as jobs from "./jobs.js";
import { keys } from "./keys.js";
import { keepShell } from "./kept.js";
import { lockScreen } from "./lock_screen.js";
import * as places from "./places.js";
import { player } from "./player.js";
import { go, here, route, turnOver, viewOf } from "./router.js";
import * as sending from "./sending.js";
import { emit, forget, listen, remembered, store } from "./store.js";
import { deck } from "./ui/deck.js";
import { part } from "./ui/dom.js";
import { drops } from "./ui/dropped.js";
import { announce } from "./ui/notice.js";
import { shell, showPlace } from "./ui/shell.js";
import { broken, loading } from "./ui/states.js";
import { tray } from "./ui/tray.js";
import { speakOfFields } from "./ui/validity.js";

const VIEWS =
  "home albums album artists artist songs genres search playlists playlist compilation discover now take fill import publish edit share friends labels label sign players post letter write clubs club premieres premiere close carry browser more start unlock paper";
for (const name of VIEWS.split(" ")) route(name, () => import(`./views/${name}.js`));

const main = part("main");
let place = "";
let arriving = false; // between two views: where the page is scrolled to is no place of the one before
let known = false; // who we are to the server, and what is in hand: nothing is shown before

async function boot() {
  known = false;
  try {
    store.session = await session();
    const { languages } = store.session;
    const of = (/** @type {string | null} */ wish) => languages.find(({ code }) => code === wish);
    const wanted = of(remembered("language")) ?? of(store.session.language);
    const open = store.session.state === "open";
    await Promise.all([speak(wanted?.code ?? "en", wanted?.dir), open && hand.recall(), open && jobs.recall()]);
  } catch (error) {
    if (kindOf(error) === "notfound")
      location.replace("enter"); // the session is over: there the passphrase begins another
    else main.replaceChildren(broken(error, boot));
    return;
  }
  part("skip").textContent = t("skip");
  known = true;
  dress();
  await show();
}

function dress() {
  const open = store.session?.state === "open";
  if (open) {
    places.recall();
    store.picked.put(hand.inHand("picked") ?? []);
    if (store.picked.size) emit("picked");
  } else {
    forget();
    places.forget();
    sending.forget();
    hand.forget();
    jobs.forget();
    emit("picked");
  }
  shell(open);
  deck(open);
  tray(open);
  if (open) player.recall();
  else player.forget();
}

/** What is to be shown: of a library that is not open only one thing can be. */
function due() {
  if (store.session?.state === "open") return store.paper ? onPaper(store.paper.view) : here();
  return { name: store.session?.state === "none" ? "start" : "unlock", params: [] };
}

/** Words that are shown once stay in front of everything; the rail and the address keep to where they came from. @param {string} view */
function onPaper(view) {
  history.replaceState(null, "", `#/${view}`);
  return { name: "paper", params: [] };
}

async function show() {
  const { name, params } = due();
  const signal = turnOver();
  const wait = setTimeout(() => main.replaceChildren(loading()), 180);
  signal.addEventListener("abort", () => clearTimeout(wait));
  showPlace(name);
  arriving = true;
  places.arrive();
  try {
    const view = await viewOf(name);
    const node = await view.show(params, signal);
    if (signal.aborted) return;
    main.className = `view-${name}`;
    main.replaceChildren(node);
    arrived(name, params, signal);
  } catch (error) {
    if (!isStopped(error) && !signal.aborted) await failed(error, signal);
  } finally {
    clearTimeout(wait);
  }
}

/** Tell a screen reader where we are, and come back to where a list was left. @param {string} name @param {string[]} params @param {AbortSignal} signal */
function arrived(name, params, signal) {
  const next = [name, ...params].join("/");
  const heading = main.querySelector("h1");
  if (place && next !== place && name !== "search") {
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    announce(heading?.textContent ?? "");
  }
  if (name === "home") (globalThis.requestIdleCallback ?? setTimeout)(() => viewOf("album")); // what is most likely wanted next
  place = next;
  scrollBack(places.visit.get("scroll", store.places.get(next) ?? 0), signal);
}

/** Down to where it was, as soon as the page is so high: a long list has no height before it is drawn. @param {number} top @param {AbortSignal} signal */
function scrollBack(top, signal, frames = 90) {
  if (signal.aborted) return;
  scrollTo(0, top);
  if (Math.abs(scrollY - top) > 1 && frames) requestAnimationFrame(() => scrollBack(top, signal, frames - 1));
  else arriving = false;
}

function scrolled() {
  if (!place || arriving) return;
  store.places.set(place, scrollY);
  places.visit.set("scroll", scrollY);
}

/** Where nothing is found because the session is over, the passphrase begins another. */
const over = () =>
  session().then(
    () => false,
    (error) => kindOf(error) === "notfound",
  );

/** @param {unknown} error @param {AbortSignal} [signal] */
async function failed(error, signal) {
  if (kindOf(error) === "locked") {
    if (store.session) store.session.state = "locked";
    emit("session");
  } else if (kindOf(error) === "notfound" && (await over())) location.replace("enter");
  else if (!signal?.aborted) main.replaceChildren(broken(error, show));
}

/** The library was opened or locked elsewhere. What is shown and heard of it ends at once. @param {Session["state"]} state */
function turned(state) {
  if (!store.session || store.session.state === state || store.session.state === "none") return; // what begins here goes its way
  store.session.state = state;
  if (state !== "open") close();
  boot();
}

/** Nothing of the library is shown or heard any more. */
function close() {
  dress();
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.remove());
  main.replaceChildren(loading());
}

/** The stream of the server broke off: where nobody is there any more, what it gave goes. */
async function lost() {
  try {
    await session();
  } catch (error) {
    if (error instanceof GoneError && store.session) {
      store.session.state = "locked";
      close();
    }
    await failed(error);
  }
}

history.scrollRestoration = "manual"; // scrollBack knows when the page is so high again
addEventListener("hashchange", () => known && show());
// A tab that was laid aside, frozen, or gone back to has perhaps heard nothing.
for (const event of ["pageshow", "visibilitychange", "focus"])
  addEventListener(
    event,
    () =>
      document.hidden ||
      session().then(
        ({ state }) => turned(state),
        () => null,
      ),
  );
// Chromium loses some of the requests that a page makes as it goes; phones do not say before that it will.
for (const event of ["beforeunload", "pagehide"])
  addEventListener(event, () => {
    if (store.session?.state !== "open" || hand.isOver()) return;
    player.leave();
    scrolled();
    places.leave();
    hand.leave();
  });
addEventListener("scroll", scrolled, { passive: true });
addEventListener("unhandledrejection", (event) => {
  const gone = event.reason instanceof GoneError;
  if (!gone && !(event.reason instanceof ApiError)) return;
  event.preventDefault();
  if (gone || event.reason.kind === "locked") failed(event.reason);
  else emit("notice", { text: event.reason.message || t("error.text"), bad: true });
});
listen("session", boot);
listen("language", async () => {
  store.session = await session();
  dress();
  await show();
});
listen("opened", () => {
  history.replaceState(null, "", "#/home"); // and no second showing, as a change of the fragment would be
  boot();
});
keys();
speakOfFields();
lockScreen();
hear(turned, lost);
drops((files) => {
  if (store.session?.state !== "open") return;
  if (here().name === "import") emit("dropped", files);
  else {
    store.dropped = files;
    go("import");
  }
});
boot().then(keepShell);
