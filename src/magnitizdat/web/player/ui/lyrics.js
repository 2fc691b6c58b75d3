// The words of a song, with its translation and romanisation beside them, moving with the music where they are timed.
import { get } from "../api.js";
import { language, languageName, t } from "../i18n.js";
import { player } from "../player.js";
import { listen } from "../store.js";
import { h } from "./dom.js";

const ORDER = ["original", "romanisation", "translation"];

/** A box that follows the song that plays. */
export function lyrics(signal) {
  const box = h("section", { class: "lyrics", tabindex: 0, "aria-label": t("lyrics") });
  let shown = "";
  let lines = [];
  const follow = () => {
    const at = player.position * 1000 + 120;
    let now = -1;
    for (const [index, line] of lines.entries()) if (line.at_ms !== null && line.at_ms <= at) now = index;
    lines.forEach((line, index) => line.row.classList.toggle("sung", index === now));
    if (now >= 0 && box.dataset.now !== String(now)) reveal(box, lines[now].row, now);
  };
  const update = async () => {
    if (player.song && player.song.id !== shown) {
      shown = player.song.id;
      lines = [];
      const found = await get(`api/songs/${encodeURIComponent(shown)}/lyrics`, { signal }).catch(() => ({
        lyrics: [],
      }));
      if (shown !== player.song?.id) return;
      lines = draw(
        box,
        (found.lyrics ?? []).map((layer) => ({ ...layer, language: tongue(layer.language) })),
      );
    }
    follow();
  };
  listen("player", update, signal);
  update();
  return box;
}

/** A language as browsers write it: tags in music say "dan" where a page says "da". */
function tongue(code) {
  try {
    return Intl.getCanonicalLocales(code || "und")[0];
  } catch {
    return "und";
  }
}

function reveal(box, row, now) {
  box.dataset.now = String(now);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  box.scrollTo({ top: row.offsetTop - box.clientHeight / 2, behavior: still ? "auto" : "smooth" });
}

function draw(box, found) {
  delete box.dataset.now;
  const columns = chosen(found);
  if (!columns.length) {
    box.replaceChildren(h("h2", {}, t("lyrics")), h("p", { class: "typed soft" }, t("lyrics.none")));
    return [];
  }
  const lead = columns[0];
  const lines = lead.lines.map((line, index) => row(line, index, columns));
  const table = h(
    "div",
    { class: `lines c${columns.length}`, role: "table", "aria-label": t("lyrics") },
    h("div", { class: "line heads", role: "row" }, columns.map(head)),
    lines.map((line) => line.row),
  );
  box.replaceChildren(
    table,
    ...columns
      .slice(1)
      .filter((column) => !matched(lead, column))
      .map(apart),
  );
  return lines;
}

/** The original, how it sounds, and what it means in the reader's language or whichever is there. */
function chosen(found) {
  const best = (kind) => {
    const all = found.filter((one) => one.kind === kind);
    return all.find((one) => one.language.split("-")[0] === language()) ?? all[0];
  };
  return ORDER.map(best).filter(Boolean);
}

/** Whose words a column holds: of a language that is not known only what they are. */
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

const matched = (lead, column) => column === lead || column.lines.length === lead.lines.length || column.synced;

function row(line, index, columns) {
  const beside = columns.map((column, at) => {
    if (at === 0) return line;
    if (!matched(columns[0], column)) return null;
    return column.lines.length === columns[0].lines.length
      ? column.lines[index]
      : column.lines.find((other) => other.at_ms === line.at_ms);
  });
  const cells = beside.map((one, at) =>
    h("span", { role: "cell", lang: columns[at].language, dir: "auto" }, one?.text || " "),
  );
  const timed = line.at_ms !== null && line.at_ms !== undefined;
  const node = h(
    "div",
    {
      class: timed ? "line timed" : "line",
      role: "row",
      on: timed ? { click: () => player.seek(line.at_ms / 1000) } : {},
    },
    cells,
  );
  return { at_ms: timed ? line.at_ms : null, row: node };
}

const apart = (column) =>
  h(
    "div",
    { class: "apart" },
    head(column),
    column.lines.map((line) => h("p", { lang: column.language, dir: "auto" }, line.text)),
  );
