/** Documents: those beside the minutes file follow the corrections when she says so; and the end of the work. */

import { button, el } from "./elements.js";
import { say } from "./language.js";
import { post } from "./server.js";
import { banner, toast } from "./telling.js";

export class DocumentsSheet {
  name = "documents";

  constructor(parts) {
    Object.assign(this, parts); // meeting, and ended(): the server is no more
  }

  show(root) {
    const documents = this.meeting.documents ?? [];
    const list = el("ul", { class: "documents" }, ...documents.map(line));
    const click = () => this.write();
    const text = say("documents_write");
    const write = button({ icon: "document", text, class: "main", data: { part: "write" }, on: { click } });
    const end = button({ text: say("end_do"), data: { part: "end" }, on: { click: () => this.#end() } });
    root.replaceChildren(
      el("p", { class: "quiet", text: say(documents.length ? "documents_told" : "documents_none") }),
      list,
      ...(documents.length ? [el("p", { class: "choices" }, write)] : []),
      el("h3", { text: say("end") }),
      el("p", { class: "quiet", text: say("end_told") }),
      el("p", { class: "choices" }, end),
    );
  }

  /** Writes those that may be written, and tells which. */
  async write() {
    try {
      const done = await post("documents", {});
      toast(told(done) || say("documents_none"), { wrong: done.left.length > 0 });
    } catch (error) {
      toast(say("refused", { why: error.message }), { wrong: true });
    }
  }

  async #end() {
    try {
      const done = await post("close", { documents: this.meeting.documents.some(({ why }) => !why) });
      document.body.classList.add("ended");
      banner("ended", [say("closed"), done.written ? told(done) : ""].join(" ").trim());
      this.ended();
    } catch (error) {
      toast(say("refused", { why: error.message }), { wrong: true });
    }
  }
}

/** What was written, and what was not and why. */
function told({ written, left }) {
  const names = written.length ? say("documents_written", { names: written.join(", ") }) : "";
  return [names, ...left.map(({ file, why }) => `${file}: ${why}`)].filter(Boolean).join(" · ");
}

function line({ file, why }) {
  return el(
    "li",
    { class: why ? "left" : "" },
    el("span", { text: file }),
    el("span", { class: "quiet", text: why || say("documents_follows") }),
  );
}
