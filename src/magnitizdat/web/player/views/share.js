// A concert in a flat: a QR on the table, an hour it ends, one key that ends it.
import { air, isOpen } from "../air.js";
import { get, media, post, remove } from "../api.js";
import { clock, hour, number, size, t } from "../i18n.js";
import * as jobs from "../jobs.js";
import { emit, store, within } from "../store.js";
import { carriedLines, carriedWish, reelsToCarry } from "../ui/carried.js";
import { h } from "../ui/dom.js";
import { button, field, form, heading, oneOf, text, tick } from "../ui/form.js";
import { jobPanel, leftOut } from "../ui/job.js";
import { complain, notice } from "../ui/notice.js";
import { pickedThings } from "../ui/picked.js";

const LOOK_MS = 3000;

/** @param {string[]} _params @param {AbortSignal} signal */
export async function show(_params, signal) {
  const box = h("div", {});
  /** @type {Draw} */
  const draw = (state) => box.replaceChildren(isOpen(state) ? running(state, draw, signal) : sheet(draw, signal));
  const left = h("div", {});
  draw(await air(signal));
  quarantine(left, signal).catch(complain);
  return h("div", {}, heading(t("share.title"), t("share.line")), box, left);
}

/** @typedef {(state: Air) => void} Draw */

/** @param {Draw} draw @param {AbortSignal} signal */
function sheet(draw, signal) {
  const [ssid, password] = [
    text("ssid", "", { maxlength: 32 }),
    text("password", "", { maxlength: 63, spellcheck: "false", "data-fleeting": true }),
  ];
  const open = async (/** @type {FormData} */ values) => {
    const wish = { ...store.picked.wish(), hours: Number(values.get("hours")), take: values.has("take") };
    const [carried, phones] = [carriedWish(values), values.has("phones")];
    if (phones)
      await post("api/share", { ...wish, ...carried, wifi: ssid.value.trim(), wifi_passphrase: password.value });
    if (values.has("laptops") && !(phones && carried.reels_alone))
      await post("api/ticket", wish).catch((error) => {
        if (!phones) throw error;
        complain(error); // nothing here is signed, perhaps: phones hear it all the same
      });
    emit("evening");
    draw(await air());
  };
  const whom = h(
    "fieldset",
    { class: "ticks" },
    h("legend", {}, t("share.with")),
    tick("phones", t("share.phones"), { hint: t("share.phones.hint"), checked: true }),
    tick("laptops", t("share.laptops"), { hint: t("share.laptops.hint"), checked: true }),
  );
  whom.addEventListener("change", () =>
    whom.querySelector("input")?.setCustomValidity(whom.querySelector(":checked") ? "" : t("share.with.none")),
  );
  return form(
    open,
    h("fieldset", { class: "ticks" }, h("legend", {}, t("share.what")), pickedThings()),
    reelsToCarry(signal),
    whom,
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

/** @param {Air} state @param {Draw} draw @param {AbortSignal} signal */
function running({ evening, ticket }, draw, signal) {
  const life = within(signal);
  const [figures, until, came, carried, left] = [
    h("p", { class: "typed figures", role: "status" }),
    h("p", { class: "typed" }),
    h("ul", { class: "typed said" }),
    h("div", {}),
    h("div", {}),
  ];
  let known = 0; // what is lacking is drawn anew only where it is more: somebody may be reading it
  const over = () => {
    life.abort();
    emit("evening");
    draw({ evening: null, ticket: null });
  };
  const end = async () => {
    if (evening) await remove("api/share");
    if (ticket) await remove("api/ticket");
    over();
  };
  const update = (/** @type {Air} */ now) => {
    const hours = now.evening?.until ?? now.ticket?.until ?? "";
    until.textContent = t("share.until", {
      hour: hour(hours),
      left: clock((Date.parse(hours) - Date.now()) / 1000),
    });
    carried.replaceChildren(...carriedLines(now.evening?.reels ?? []).map((line) => h("p", { class: "typed" }, line)));
    const missing = now.evening?.missing ?? now.ticket?.missing ?? [];
    if (missing.length !== known) left.replaceChildren(leftOut(missing) || "");
    known = missing.length;
    if (now.evening)
      figures.textContent = [
        t("share.guests", { n: now.evening.counts.listened }),
        t("share.copies", { n: now.evening.counts.taken }),
      ].join(" · ");
    if (now.ticket) given(came, now.ticket.jobs);
  };
  update({ evening, ticket });
  watch(update, life.signal, over);
  return h(
    "section",
    { class: "on-air" },
    h("p", { class: "stamp" }, t("share.on")),
    until,
    evening && [
      h("h2", {}, t("share.phones")),
      h(
        "div",
        { class: "codes" },
        code(evening.qr, t(evening.albums ? "share.listen" : "share.along"), evening.url),
        evening.wifi_qr && code(evening.wifi_qr, t("share.join"), ""),
      ),
      carried,
      figures,
      h("p", { class: "typed small soft" }, t("share.nointernet")),
    ],
    ticket && forLaptops(ticket),
    came,
    left,
    h("div", { class: "actions" }, button(t("share.end"), end, { class: "solid" })),
  );
}

/** Another laptop scans the ticket, is sent it, or types the address and the words. @param {Ticket} given */
function forLaptops({ ticket, qr, address, words }) {
  const copy = async () => {
    await navigator.clipboard.writeText(ticket);
    notice(t("copied"));
  };
  return [
    h("h2", {}, t("share.laptops")),
    h("p", { class: "serif" }, t("share.ticket.text")),
    h("div", { class: "codes" }, code(qr, t("share.ticket"), address)),
    h("p", { class: "six", lang: "en" }, words),
    h("div", { class: "actions" }, button(t("share.ticket.copy"), copy)),
    h("p", { class: "typed small soft" }, t("share.ticket.names")),
  ];
}

/** What other laptops gave: work like any other. @param {Element} box @param {Id[]} ids */
function given(box, ids) {
  if (ids.some((id) => !jobs.job(id))) jobs.recall();
  const known = ids.flatMap((id) => jobs.job(id) ?? []);
  box.replaceChildren(...known.map((job) => h("li", { dir: "auto" }, job.sentence || t(`verb.${job.verb}`))));
}

/** @param {string} picture @param {string} words @param {string} address */
const code = (picture, words, address) =>
  h(
    "figure",
    {},
    h("img", { class: "qr", src: media(picture), alt: words, width: 260, height: 260 }),
    h("figcaption", {}, h("b", {}, words), h("span", { class: "address typed", dir: "ltr" }, address)),
  );

/** @param {(now: Air) => void} update @param {AbortSignal} signal @param {() => void} ended */
async function watch(update, signal, ended) {
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (signal.aborted) return;
    const state = await air(signal).catch(() => null);
    if (isOpen(state)) update(/** @type {Air} */ (state));
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
