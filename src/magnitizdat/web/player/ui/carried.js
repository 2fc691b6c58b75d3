// Sealed reels that guests take along: which of those that are plugged in, and how far they are read.
import { get } from "../api.js";
import { size, t } from "../i18n.js";
import { h } from "./dom.js";
import { tick } from "./form.js";
import { complain } from "./notice.js";
import { lookForSticks } from "./plugged.js";

/** What is plugged in, to be ticked; hidden while there is nothing. @param {AbortSignal} signal */
export function reelsToCarry(signal) {
  const list = h("div", {});
  const box = h(
    "fieldset",
    { class: "ticks", hidden: true },
    h("legend", {}, t("share.reels")),
    list,
    tick("alone", t("share.alone"), { hint: t("share.alone.hint") }),
  );
  const draw = (/** @type {Stick[]} */ sticks) => {
    const lines = sticks.flatMap((stick) =>
      stick.reels
        .filter((reel) => !reel.open)
        .map((reel) =>
          tick("reel", reel.name || t("take.reel"), { value: reel.id, hint: `${stick.name} · ${size(reel.length)}` }),
        ),
    );
    list.replaceChildren(...lines);
    box.hidden = lines.length === 0;
  };
  const look = async () => {
    const { sticks, files } = await get("api/sticks", { signal });
    draw([...sticks, ...files]);
    lookForSticks(sticks, draw, signal, () => list.querySelector(":checked, :focus") !== null);
  };
  look().catch(complain);
  return box;
}

/** What of the sheet is about them. @param {FormData} values */
export function carriedWish(values) {
  const reels = values.getAll("reel").map(String);
  return { reels, reels_alone: reels.length > 0 && values.has("alone") };
}

/** How far they are, in a line each. @param {Evening["reels"]} reels */
export const carriedLines = (reels) =>
  reels.map(({ awaited, percent, files, length, place, name, trouble }, at) => {
    if (awaited) return t("share.reel.read", { percent });
    if (!files) return t("share.reel.lost", { place, reason: trouble ?? "" });
    return t("share.reel.there", { number: at + 1, place, n: files, length: size(length), name });
  });
