// The words of a song, with its translation and romanisation beside them, moving with the music where they are timed.
import { get } from "../api.js";
import { language, languageName, t } from "../i18n.js";
import { player } from "../player.js";
import { listen } from "../store.js";
import { beside, chosen, sung } from "../verses.js";
import { h } from "./dom.js";

const EARLY_MS = 120; // a line is lit a little before it is sung

/** A box that follows the song that plays. @param {AbortSignal} signal */
export function lyrics(signal) {
  const box = h("section", { class: "lyrics", tabindex: 0, "aria-label": t("lyrics") });
  let shown = "";
  /** @type {Row[]} */
  let rows = [];
  const follow = () => {
    const now = sung(rows, player.position * 1000 + EARLY_MS);
    rows.forEach((row, index) => row.node.classList.toggle("sung", index === now));
    if (now >= 0 && box.dataset.now !== String(now)) reveal(box, rows[now].node, now);
  };
  const update = async () => {
    if (player.song && player.song.id !== shown) {
      shown = player.song.id;
      rows = [];
      const found = await get(`api/songs/${encodeURIComponent(shown)}/lyrics`, { signal }).catch(() => ({
        lyrics: [],
      }));
      if (shown !== player.song?.id) return;
      rows = draw(
        box,
        found.lyrics.map((layer) => ({ ...layer, language: tongue(layer.language) })),
      );
    }
    follow();
  };
  listen("player", update, signal);
  update();
  return box;
}

/** A language as browsers write it: tags in music say "dan" where a page says "da". @param {string} code */
function tongue(code) {
  try {
    return Intl.getCanonicalLocales(code || "und")[0];
  } catch {
    return "und";
  }
}

/** @param {HTMLElement} box @param {HTMLElement} row @param {number} now */
function reveal(box, row, now) {
  box.dataset.now = String(now);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  box.scrollTo({ top: row.offsetTop - box.clientHeight / 2, behavior: still ? "auto" : "smooth" });
}

/** @param {HTMLElement} box @param {Layer[]} found @returns {Row[]} */
function draw(box, found) {
  delete box.dataset.now;
  const columns = chosen(found, language());
  if (!columns.length) {
    box.replaceChildren(h("h2", {}, t("lyrics")), h("p", { class: "typed soft" }, t("lyrics.none")));
    return [];
  }
  const lead = columns[0];
  const matched = columns.map((column) => beside(lead, column));
  const rows = lead.lines.map((line, index) =>
    row(
      line.at_ms,
      matched.map((lines) => lines?.[index]),
      columns,
    ),
  );
  const table = h(
    "div",
    { class: `lines c${columns.length}`, role: "table", "aria-label": t("lyrics") },
    h("div", { class: "line heads", role: "row" }, columns.map(head)),
    rows.map((row) => row.node),
  );
  box.replaceChildren(table, ...columns.filter((_column, at) => !matched[at]).map(apart));
  return rows;
}

/** Whose words a column holds: of a language that is not known only what they are. @param {Layer} column */
function head(column) {
  const known = column.language !== "und" && column.kind !== "romanisation";
  return h(
    "span",
    { role: "columnheader", class: "typed" },
    known
      ? languageName(column.language)
      : t(column.kind === "romanisation" ? "lyrics.romanisation" : "lyrics.original"),
  );
}

/** @typedef {{ at_ms: number | null, node: HTMLElement }} Row */

/** @param {number | null} at_ms @param {({ text: string } | null | undefined)[]} lines one of each column @param {Layer[]} columns @returns {Row} */
function row(at_ms, lines, columns) {
  const cells = lines.map((one, at) =>
    h("span", { role: "cell", lang: columns[at].language, dir: "auto" }, one?.text || " "),
  );
  const timed = at_ms !== null;
  const node = h(
    "div",
    {
      class: timed ? "line timed" : "line",
      role: "row",
      on: timed ? { click: () => player.seek(at_ms / 1000) } : {},
    },
    cells,
  );
  return { at_ms, node };
}

/** @param {Layer} column */
const apart = (column) =>
  h(
    "div",
    { class: "apart" },
    head(column),
    column.lines.map((line) => h("p", { lang: column.language, dir: "auto" }, line.text)),
  );
