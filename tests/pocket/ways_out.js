// Every way out of a page that a script in it may try. Each tells a server which way it came: `${base}/${way}`.
// Navigation and WebRTC are not among them: no policy of a page stops these, so the sources are searched for them.

/** @param {string} base @returns {Record<string, () => unknown>} */
function waysOut(base) {
  const put = (/** @type {string} */ tag, /** @type {Record<string, unknown>} */ props) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) made.setAttribute(name, String(value));
    document.body.append(made);
    return made;
  };
  const style = (/** @type {Record<string, string>} */ rules) => {
    const made = document.createElement("p");
    made.textContent = "x";
    for (const [name, value] of Object.entries(rules)) made.style.setProperty(name, value);
    document.body.append(made);
  };
  const script = (/** @type {string} */ code) => URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const link = (/** @type {string} */ rel, more = {}) => put("link", { rel, href: `${base}/link-${rel}`, ...more });
  const form = (/** @type {string} */ way, /** @type {Record<string, string>} */ props) => {
    const made = /** @type {HTMLFormElement} */ (put("form", { action: `${base}/${way}`, target: way, ...props }));
    put("iframe", { name: way });
    made.submit();
  };
  return {
    fetch: () => fetch(`${base}/fetch`),
    "fetch-opaque": () => fetch(`${base}/fetch-opaque`, { mode: "no-cors", method: "POST", body: "words" }),
    "fetch-keepalive": () => fetch(`${base}/fetch-keepalive`, { mode: "no-cors", keepalive: true }),
    "fetch-later": () => globalThis.fetchLater(`${base}/fetch-later`, { activateAfter: 0 }),
    xhr: () => {
      const asked = new XMLHttpRequest();
      asked.open("GET", `${base}/xhr`);
      asked.send();
    },
    beacon: () => navigator.sendBeacon(`${base}/beacon`, "words"),
    socket: () => new WebSocket(`${base.replace("http", "ws")}/socket`),
    events: () => new EventSource(`${base}/events`),
    image: () => (new Image().src = `${base}/image`),
    srcset: () => put("img", { srcset: `${base}/srcset 1x` }),
    "image-button": () => put("input", { type: "image", src: `${base}/image-button` }),
    "image-of-svg": () => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", "image");
      made.setAttribute("href", `${base}/image-of-svg`);
      document.body.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg")).append(made);
    },
    background: () => style({ "background-image": `url(${base}/background)` }),
    mask: () => style({ "mask-image": `url(${base}/mask)` }),
    cursor: () => style({ cursor: `url(${base}/cursor), auto` }),
    content: () => style({ content: `url(${base}/content)` }),
    font: () => new FontFace("far", `url(${base}/font)`).load(),
    style: () => {
      document.head.append(document.createElement("style"));
      document.head.lastElementChild?.append(`@import url(${base}/style);`);
    },
    "style-made": () => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`body { list-style-image: url(${base}/style-made); border-image: url(${base}/style-made) 1; }`);
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    },
    "link-prefetch": () => link("prefetch"),
    "link-preload": () => link("preload", { as: "image" }),
    "link-stylesheet": () => link("stylesheet"),
    "link-icon": () => link("icon"),
    "link-manifest": () => link("manifest"),
    "link-modulepreload": () => link("modulepreload"),
    "link-prerender": () => link("prerender"),
    frame: () => put("iframe", { src: `${base}/frame` }),
    "frame-written": () => put("iframe", { srcdoc: `<img src="${base}/frame-written">` }),
    object: () => put("object", { data: `${base}/object` }),
    embed: () => put("embed", { src: `${base}/embed` }),
    form: () => form("form", { method: "post" }),
    "form-asked": () => form("form-asked", { method: "get" }),
    script: () => put("script", { src: `${base}/script` }),
    "script-inline": () => (put("script", {}).textContent = `fetch("${base}/script-inline")`),
    rules: () => {
      const made = document.createElement("script");
      made.type = "speculationrules";
      made.textContent = JSON.stringify({ prefetch: [{ source: "list", urls: [`${base}/rules`] }] });
      document.head.append(made);
    },
    import: () => import(`${base}/import`),
    worker: () => new Worker(`${base}/worker`),
    "worker-shared": () => new SharedWorker(`${base}/worker-shared`),
    "worker-imports": () => new Worker(script(`importScripts("${base}/worker-imports")`)),
    "worker-fetches": () => new Worker(script(`fetch("${base}/worker-fetches", {mode: "no-cors"})`)),
    "worker-socket": () => new Worker(script(`new WebSocket("${base.replace("http", "ws")}/worker-socket")`)),
    worklet: () => new AudioContext().audioWorklet.addModule(`${base}/worklet`),
    service: () => navigator.serviceWorker.register(`${base}/service`),
    sound: () => void (new Audio(`${base}/sound`).preload = "auto"),
    video: () => put("video", { src: `${base}/video`, poster: `${base}/poster`, preload: "auto" }),
    ping: () => {
      const made = /** @type {HTMLAnchorElement} */ (put("a", { href: "#", ping: `${base}/ping` }));
      made.click();
    },
    evaluated: () => globalThis.eval(`fetch("${base}/evaluated")`),
    base: () => document.head.append(Object.assign(document.createElement("base"), { href: `${base}/base/` })),
  };
}

/** Try all of them: what each way said. @param {string} base */
globalThis.tryEveryWay = async (base) => {
  /** @type {Record<string, string>} */
  const said = {};
  for (const [way, out] of Object.entries(waysOut(base))) {
    try {
      const going = Promise.resolve(out());
      going.then(() => (said[way] = "went"), (error) => (said[way] = String(error))); // prettier-ignore
      said[way] = "began";
    } catch (error) {
      said[way] = String(error);
    }
  }
  const image = new Image(); // what the base of addresses would do
  image.src = "relative";
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  return said;
};
