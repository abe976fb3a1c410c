/** History: who changed what and when, the last first. */

import { el } from "./elements.js";
import { language, say } from "./language.js";

export class HistorySheet {
  name = "history";

  constructor(parts) {
    Object.assign(this, parts); // meeting
  }

  show(root) {
    const entries = [...this.meeting.history].reverse();
    if (!entries.length) return root.replaceChildren(el("p", { class: "quiet", text: say("history_none") }));
    return root.replaceChildren(el("ol", { class: "history" }, ...entries.map(line)));
  }
}

function line({ when, who, what, move }) {
  const time = new Date(when);
  const told = time.toLocaleString(language(), { dateStyle: "short", timeStyle: "medium" });
  const sign = move ? el("span", { class: "tag", text: say(`history_${move}`) }) : null;
  const by = el(
    "p",
    { class: "quiet" },
    sign,
    el("time", { datetime: when, text: say("history_by", { who: who || say("somebody"), when: told }) }),
  );
  return el("li", { class: move ?? "" }, ...what.map((text) => el("p", { text })), by);
}
