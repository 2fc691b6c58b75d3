// One club: its door, its programme, and for officers the list.
import { get, post, remove } from "../api.js";
import { t } from "../i18n.js";
import { go } from "../router.js";
import { store } from "../store.js";
import { ask } from "../ui/dialog.js";
import { h } from "../ui/dom.js";
import { button } from "../ui/form.js";
import { gigForm } from "../ui/gig_form.js";
import { members } from "../ui/members.js";
import { notice } from "../ui/notice.js";
import { candidate, officers } from "../ui/officers.js";
import { passport } from "../ui/passport.js";
import { regain } from "../ui/place.js";
import { programme } from "../ui/programme.js";

/** @param {string[]} params @param {AbortSignal} signal */
export async function show([id], signal) {
  const box = h("article", { class: "label-sheet" });
  const again = async () => {
    await draw();
    regain(box);
  };
  const draw = async () => {
    const club = await get(`api/clubs/${id}`, { signal });
    const officer = club.role === "officer";
    const cancel = async (/** @type {Gig} */ gig) => {
      notice((await remove(`api/clubs/${id}/gigs/${gig.id}`)).sentence ?? "");
      await again();
    };
    box.replaceChildren(
      door(club),
      ...(officer ? [members(club, again, signal)] : []),
      programme(club.gigs, officer ? { cancel } : {}),
      ...(officer ? [gigForm(club, again), officers(club, again, signal)] : []),
      ...(club.role === "member" ? [candidate(club), leaving(club)] : []),
    );
  };
  await draw();
  return box;
}

/** @param {ClubSheet} club */
function door(club) {
  const fill = () => {
    store.club = club.id;
    go("fill");
  };
  return passport(club, {
    kind: "club-door",
    over: t("club.one"),
    lines: [
      club.shut
        ? h("p", { class: "warning", dir: "auto" }, club.shut)
        : h("p", { class: "serif", dir: "auto" }, club.door),
    ],
    actions: [
      h("em", { class: "stamp pick" }, t(`club.${club.role}`)),
      !club.shut && club.open && button(t("club.fill"), fill),
    ],
  });
}

/** @param {ClubSheet} club */
function leaving(club) {
  const leave = async () => {
    const sure = h("p", { dir: "auto" }, t("club.leave.sure", { name: club.name }));
    if (!(await ask(t("club.leave"), sure, t("club.leave"), { danger: true }))) return;
    notice((await post(`api/clubs/${club.id}/leave`)).sentence);
    go("clubs");
  };
  return h(
    "section",
    { class: "shelf" },
    h("div", { class: "actions" }, button(t("club.leave"), leave, { class: "danger" })),
  );
}
