/** The review page: its parts are made and wired here. */

import { Asking } from "./asking.js";
import { describe } from "./corrections.js";
import { DocumentsSheet } from "./documents_sheet.js";
import { Editor } from "./editing.js";
import { $, button, drawIcons } from "./elements.js";
import { Following } from "./following.js";
import { Going } from "./going.js";
import { showHead, showPlaying, showSaved } from "./head.js";
import { HistorySheet } from "./history_sheet.js";
import { Keep } from "./keep.js";
import { Kept } from "./kept.js";
import { choose, language, say, translate } from "./language.js";
import { Meeting } from "./meeting.js";
import { Mending } from "./mending.js";
import { catchUp, heardOfSound, loadSound, refresh, refused, soundFailed } from "./news.js";
import { NotesSheet } from "./notes_sheet.js";
import { Panel } from "./panel.js";
import { rememberPlace, returnToPlace, showPending } from "./place.js";
import { listenToKeys } from "./pressing.js";
import { Saving } from "./saving.js";
import { Search } from "./search.js";
import { listen, state } from "./server.js";
import { Sound } from "./sound.js";
import { SpeakersSheet } from "./speakers_sheet.js";
import { banner } from "./telling.js";
import { oneLine } from "./texts.js";
import { TodoSheet } from "./todo_sheet.js";
import { Toolbar } from "./toolbar.js";
import { Transcript } from "./transcript.js";
import { Waveform } from "./waveform.js";

translate();
drawIcons();
begin(state());

/** Makes the page, once the state is there. @param {Promise<object>} asked */
async function begin(asked) {
  let first;
  try {
    first = await asked;
  } catch (error) {
    banner(
      "gone",
      say("cannot_open", { why: error.message }),
      button({ text: say("try_now"), on: { click: () => location.reload() } }),
    );
    return;
  }
  const page = make(first.file);
  wire(page);
  page.meeting.take(first);
  settle(page);
}

/** All parts of the page. @param {string} file */
function make(file) {
  const meeting = new Meeting();
  const keep = new Keep(file);
  const saving = new Saving(meeting, keep);
  const sound = new Sound($("audio"));
  const transcript = new Transcript(meeting);
  const kept = new Kept(meeting, keep);
  const editor = new Editor(meeting, transcript, saving, keep, kept);
  const following = new Following(meeting, transcript, sound, editor);
  const waveform = new Waveform(meeting, sound, transcript, (time) => {
    sound.seek(time);
    following.set(true);
  });
  const searching = new Search(meeting, transcript);
  const parts = { meeting, keep, saving, sound, transcript, kept, editor, following, waveform, searching };
  const asking = new Asking(parts);
  const speakers = new SpeakersSheet({ ...parts, asking });
  const [todo, notes] = [new TodoSheet(parts), new NotesSheet(parts)];
  const toolbar = new Toolbar(meeting, transcript, editor);
  return { ...parts, asking, speakers, todo, notes, toolbar };
}

function wire(page) {
  const { meeting, saving, sound, transcript, editor, kept, asking } = page;
  meeting.addEventListener("changed", () => {
    page.sheets?.show();
    asking.suggest();
    showHead(page);
  });
  saving.addEventListener("state", () => showSaved(page));
  saving.addEventListener("refused", (event) => refused(page, event.detail));
  transcript.addEventListener("hear", (event) => hear(page, event.detail));
  transcript.addEventListener("edit", ({ detail: n }) => {
    editor.start(transcript.turn, { words: n < 0 ? null : { from: n, to: n } });
  });
  kept.addEventListener("edit", (event) => editor.start(event.detail.turn, { text: event.detail.text }));
  sound.addEventListener("playing", () => showPlaying(page));
  sound.addEventListener("rate", () => ($("rate").textContent = `${sound.rate}×`));
  sound.addEventListener("failed", () => soundFailed(page));
  $("title").addEventListener("change", () => saving.correct([describe("title", oneLine($("title").value))]));
  $("title").addEventListener("keydown", (event) => event.key === "Enter" && !event.isComposing && $("title").blur());
  $("language").addEventListener("change", () => changeLanguage(page));
}

/**
 * What can only be done once the meeting is there: the panel, the keys, the place before a reload, the server's news.
 */
function settle(page) {
  const { meeting, keep, sound, transcript, editor, saving } = page;
  $("language").value = language();
  const documents = new DocumentsSheet({ ...page, ended: () => stopListening() });
  page.sheets = new Panel([page.speakers, page.todo, page.notes, new HistorySheet(page), documents], keep);
  page.going = new Going(page);
  page.mending = new Mending(page);
  showSaved(page);
  transcript.addEventListener("who", () => page.mending.who());
  editor.addEventListener("split", () => page.mending.split_here());
  listenToKeys(page);
  returnToPlace(page);
  showPending(page);
  editor.resume();
  if (saving.jobs.length) saving.flush();
  loadSound(page);
  const stopListening = listen({
    revision: ({ revision }) => revision !== meeting.revision && !saving.jobs.length && refresh(page),
    sound: (news) => heardOfSound(page, news),
    open: (again) => again && catchUp(page),
    gone: () => saving.lost(),
  });
  addEventListener("pagehide", () => rememberPlace(page));
  document.addEventListener("visibilitychange", () => rememberPlace(page));
  addEventListener("beforeunload", (event) => saving.jobs.length && saving.now === "gone" && event.preventDefault());
  sound.addEventListener("playing", () => rememberPlace(page));
}

function hear({ sound, following }, time) {
  following.set(true);
  sound.playFrom(time);
}

function changeLanguage(page) {
  choose($("language").value);
  translate();
  const { transcript, toolbar, searching, waveform, sheets, kept } = page;
  for (const part of [transcript, toolbar, searching, waveform, sheets, kept]) part.translate();
  showSaved(page);
  state().then((now) => page.meeting.take(now), () => showHead(page));
}

