// A concert in a flat: a QR on the table, an hour it ends, one key that ends it.
import { get, media, post, remove } from "../api.js";
import { clock, hour, number, size, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { emit, store, within } from "../store.js";
import { h } from "../ui/dom.js";
import { button, field, form, heading, oneOf, text, tick } from "../ui/form.js";
import { jobPanel, leftOut } from "../ui/job.js";
import { complain } from "../ui/notice.js";
import { pickedThings } from "../ui/picked.js";

const LOOK_MS = 3000;

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const box = h("div", {});
  /** @type {Draw} */
  const draw = (state) => box.replaceChildren(state?.open ? running(state, draw, signal) : sheet(draw));
  const left = h("div", {});
  draw(await get("api/share", { signal }));
  quarantine(left, signal).catch(complain);
  return h("div", {}, heading(t("share.title"), t("share.line")), box, left);
}

/** @typedef {(state: Share | null) => void} Draw */

/** @param {Draw} draw */
function sheet(draw) {
  const [ssid, password] = [
    text("ssid", "", { maxlength: 32 }),
    text("password", "", { maxlength: 63, spellcheck: "false", "data-fleeting": true }),
  ];
  return form(
    async (values) =>
      draw(
        await post("api/share", {
          ...store.picked.wish(),
          hours: Number(values.get("hours")),
          take: values.has("take"),
          wifi: ssid.value.trim(),
          wifi_passphrase: password.value,
        }),
      ),
    h("fieldset", { class: "ticks" }, h("legend", {}, t("share.what")), pickedThings()),
    oneOf(
      "hours",
      t("share.hours"),
      [1, 2, 4, 8].map((n) => /** @type {[string, string]} */ ([String(n), t("hours", { n })])),
      "4",
    ),
    tick("take", t("share.take"), { hint: t("share.take.hint") }),
    h(
      "details",
      {},
      h("summary", {}, t("share.wifi")),
      h("div", { class: "pair" }, field(t("share.ssid"), ssid), field(t("share.password"), password)),
      h("p", { class: "typed small soft" }, t("share.wifi.hint")),
    ),
    h("div", { class: "actions" }, h("button", { class: "solid" }, t("share.go"))),
    h("p", { class: "typed small soft" }, t("share.warning")),
  );
}

/** @param {Evening} state @param {Draw} draw @param {AbortSignal} signal */
function running(state, draw, signal) {
  const life = within(signal);
  const figures = h("p", { class: "typed figures", role: "status" });
  const until = h("p", { class: "typed" });
  const end = async () => {
    life.abort();
    await remove("api/share");
    emit("evening");
    draw(null);
  };
  const over = () => {
    life.abort();
    emit("evening");
    draw(null);
  };
  const update = (/** @type {Evening} */ now) => {
    figures.textContent = [
      t("share.guests", { n: now.counts.listened }),
      t("share.copies", { n: now.counts.taken }),
    ].join(" · ");
    until.textContent = t("share.until", {
      hour: hour(now.until),
      left: clock((Date.parse(now.until) - Date.now()) / 1000),
    });
  };
  update(state);
  watch(update, life.signal, over);
  const codes = h(
    "div",
    { class: "codes" },
    code(state.qr, t("share.listen"), state.url),
    state.wifi_qr && code(state.wifi_qr, t("share.join"), ""),
  );
  return h(
    "section",
    { class: "on-air" },
    h("p", { class: "stamp" }, t("share.on")),
    codes,
    until,
    figures,
    leftOut(state.missing),
    h("div", { class: "actions" }, button(t("share.end"), end, { class: "solid" })),
    h("p", { class: "typed small soft" }, t("share.nointernet")),
  );
}

/** @param {string} picture @param {string} words @param {string} address */
const code = (picture, words, address) =>
  h(
    "figure",
    {},
    h("img", { class: "qr", src: media(picture), alt: words, width: 260, height: 260 }),
    h("figcaption", {}, h("b", {}, words), h("span", { class: "address typed", dir: "ltr" }, address)),
  );

/** @param {(now: Evening) => void} update @param {AbortSignal} signal @param {() => void} ended */
async function watch(update, signal, ended) {
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (signal.aborted) return;
    const state = await get("api/share", { signal }).catch(() => null);
    if (state?.open) update(state);
    else if (state) ended();
  }
}

/** What guests left waits here, sealed, until somebody decides. @param {Element} box @param {AbortSignal} signal */
async function quarantine(box, signal) {
  const work = h("div", { class: "work" });
  const list = h("div", {});
  box.replaceChildren(work, list);
  const ended = () => {
    waiting(list, watch, signal).catch(complain);
    return null;
  };
  const watch = (/** @type {Id} */ id) => work.replaceChildren(jobPanel(id, signal, ended));
  const known = jobs.running().find((job) => job.verb === "accept");
  if (known) watch(known.id);
  await waiting(list, watch, signal);
}

/** @param {Element} box @param {Watch} watch @param {AbortSignal} signal @returns {Promise<void>} */
async function waiting(box, watch, signal) {
  const found = await get("api/quarantine", { signal });
  const files = found.left;
  if (!files.length) return box.replaceChildren();
  const decide = (/** @type {"accept" | "refuse"} */ what) => async (/** @type {FormData} */ values) => {
    const ids = values.getAll("file").map(String);
    if (!ids.length) return;
    if (what === "accept") return watch(await jobs.start("accept", { left: ids }));
    await post("api/quarantine/refuse", { ids });
    await waiting(box, watch, signal);
  };
  const line = (/** @type {(typeof files)[number]} */ file) =>
    h(
      "li",
      { class: "pick" },
      h(
        "label",
        {},
        h("input", { type: "checkbox", name: "file", value: file.id, checked: true }),
        h("span", {}, h("b", { dir: "auto" }, file.name), h("small", {}, size(file.length))),
      ),
    );
  /** @type {HTMLFormElement} */
  const node = form(
    decide("accept"),
    h("ul", { class: "picks" }, files.map(line)),
    h(
      "div",
      { class: "actions" },
      h("button", { class: "solid" }, t("share.accept")),
      button(t("share.refuse"), () => decide("refuse")(new FormData(node)), { class: "danger" }),
    ),
  );
  return box.replaceChildren(
    h(
      "section",
      { class: "shelf" },
      h("h2", {}, `${t("share.left")} (${number(files.length)})`),
      h("p", { class: "typed small" }, t("share.left.text")),
      node,
    ),
  );
}
