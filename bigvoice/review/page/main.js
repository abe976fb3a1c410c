/** The review page: its parts are made and wired here. */

import { Asking } from "./asking.js";
import { Commands } from "./commands.js";
import { describe } from "./corrections.js";
import { DocumentsSheet } from "./documents_sheet.js";
import { Editor } from "./editing.js";
import { $, button, drawIcons, icon, isTyping } from "./elements.js";
import { Following } from "./following.js";
import { HistorySheet } from "./history_sheet.js";
import { Keep } from "./keep.js";
import { Kept } from "./kept.js";
import { commandOf, pressed, repeats } from "./keys.js";
import { choose, language, say, translate } from "./language.js";
import { Meeting } from "./meeting.js";
import { NotesSheet } from "./notes_sheet.js";
import { Panel } from "./panel.js";
import { keyOf } from "./patching.js";
import { Saving } from "./saving.js";
import { Search } from "./search.js";
import { listen, peaks, state } from "./server.js";
import { Sound } from "./sound.js";
import { SpeakersSheet } from "./speakers_sheet.js";
import { announce, banner, toast } from "./telling.js";
import { oneLine } from "./texts.js";
import { percent, timeOfDay } from "./times.js";
import { TodoSheet } from "./todo_sheet.js";
import { Toolbar } from "./toolbar.js";
import { Transcript } from "./transcript.js";
import { Waveform } from "./waveform.js";

const OF_CONTROLS = new Set(
  ["Space", "Enter", "NumpadEnter", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"]
);

const AT_ONE_CLICK = new Set(["delete", "join"]); // a double click would take the next turn as well

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
  page.commands = new Commands(page);
  showSaved(page);
  transcript.addEventListener("who", () => page.commands.who());
  editor.addEventListener("split", () => page.commands.split_here());
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

function listenToKeys({ commands, editor }) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented || event.altKey) return;
    const typing = isTyping(event.target);
    if (document.querySelector("dialog[open]") && !/^(Ctrl|F[789])/.test(pressed(event))) return;
    if (isControl(event.target) && OF_CONTROLS.has(event.code) && !event.ctrlKey) return;
    const command = commandOf(event, typing);
    if (!command || (editor.active && command === "edit")) return;
    event.preventDefault();
    if (event.repeat && !repeats(command)) return;
    commands[command](/^\d$/.test(pressed(event)) ? Number(pressed(event)) : undefined);
  });
  document.addEventListener("click", (event) => {
    const command = event.target.closest?.("[data-do]")?.dataset.do;
    if (!command) return;
    event.preventDefault();
    if (event.detail < 2 || !AT_ONE_CLICK.has(command)) commands[command]();
  });
}

/** Something that has its own use for Space, Enter and arrows. */
const isControl = (target) => target instanceof Element && target.matches("button, select, summary, a, [role=slider]");

function hear({ sound, following }, time) {
  following.set(true);
  sound.playFrom(time);
}

/** The server is there again, and may be another one: what waits is saved, what was missed is asked for. */
async function catchUp(page) {
  await page.saving.flush();
  await refresh(page);
  await heardOfSound(page, page.meeting.recording);
}

async function refresh({ meeting, saving }) {
  try {
    const { revision } = meeting;
    const now = await state();
    if (meeting.revision !== revision || saving.jobs.length) return; // something newer came meanwhile
    meeting.take(now);
    if (now.revision !== revision) announce(say("taken_over"));
  } catch {
    saving.flush(); // tells that the server is gone, if there is anything to save
  }
}

/** Keeps what was typed, tells the rest. */
function refused({ meeting, kept }, { error, job }) {
  const typed = (job.body.corrections ?? []).filter((each) => each.do === "write" || each.do === "insert");
  if (typed.length !== 1) return toast(say("refused", { why: error.message }), { wrong: true });
  const [{ turn, text }] = typed;
  const there = meeting.find(turn.join(" "));
  if (there && there.words.map((word) => word[2]).join("").trim() === text) return undefined;
  return kept.add({ turn, text, why: error.message });
}

function showHead({ meeting, sound }) {
  const title = $("title");
  if (document.activeElement !== title) title.value = meeting.title;
  document.title = meeting.title || meeting.file;
  $("file").textContent = meeting.file;
  $("turns").lang = meeting.language ?? "";
  for (const move of ["undo", "redo"]) {
    const told = meeting[move] ? say(`${move}_what`, { what: meeting[move] }) : say(move);
    $(move).title = told;
    $(move).setAttribute("aria-label", told);
    $(move).setAttribute("aria-disabled", String(!meeting[move]));
  }
  banner("trouble", meeting.trouble ?? "");
  showRecording(meeting, sound);
}

function showRecording({ recording, duration }) {
  const { state: now, told, decoded } = recording;
  document.body.classList.toggle("soundless", now === "missing");
  const reading = now === "decoding" && decoded < duration - 1;
  banner("recording", told || (reading ? say("decoding", { percent: percent(decoded / duration) }) : ""));
}

function showSaved({ saving }) {
  const { now, at, jobs } = saving;
  const place = $("saved");
  const shown = now === "gone" && !jobs.length ? "saved" : now;
  place.dataset.state = shown;
  const saved = at ? say("saved_at", { time: timeOfDay(at) }) : say("nothing_changed");
  place.textContent = { gone: say("not_saved"), saving: say("saving"), saved }[shown];
  const waiting = jobs.length ? say("server_gone_count", { count: jobs.length }) : "";
  const gone = now === "gone" && !document.body.classList.contains("ended");
  const was = document.querySelector(".banner.gone");
  banner("gone", gone ? `${say("server_gone")} ${waiting}`.trim() : "", button({ text: say("try_now"), on: { click: () => saving.flush() } }));
  if (was && !gone) toast(say("server_back"));
}

function showPlaying({ sound, following }) {
  const play = $("play");
  play.querySelector("svg").replaceWith(icon(sound.playing ? "pause" : "play"));
  play.setAttribute("aria-pressed", String(sound.playing));
  document.body.classList.toggle("playing", sound.playing);
  following.mark();
}

function soundFailed({ meeting, sound }) {
  const { state: now, told } = meeting.recording;
  if (now === "missing") toast(told, { wrong: true });
  else toast(say("no_sound", { why: sound.audio.error?.message || now }), { wrong: true });
}

/** The sound, and its levels as far as they are known. */
async function loadSound({ meeting, sound, waveform }) {
  if (meeting.recording.state !== "missing") sound.load();
  try {
    waveform.add(await peaks(waveform.n));
  } catch {
    // the server will be back, and send news of the sound
  }
}

async function heardOfSound({ meeting, sound, waveform }, news) {
  const was = meeting.recording.state;
  Object.assign(meeting.recording, news);
  if (news.state !== was) await state().then((now) => (meeting.recording = now.recording)).catch(() => undefined);
  showRecording(meeting, sound);
  const begun = sound.audio.getAttribute("src");
  if (!begun || sound.audio.error) sound.load();
  waveform.add(await peaks(waveform.n).catch(() => new Uint8Array()));
}

function changeLanguage(page) {
  choose($("language").value);
  translate();
  const { transcript, toolbar, searching, waveform, sheets, kept } = page;
  for (const part of [transcript, toolbar, searching, waveform, sheets, kept]) part.translate();
  showSaved(page);
  state().then((now) => page.meeting.take(now), () => showHead(page));
}

/** Texts that waited for the server before a reload are seen in their turns. */
function showPending({ saving, meeting, transcript }) {
  for (const { do: verb, turn, text } of saving.jobs.flatMap((job) => job.body.corrections ?? [])) {
    const there = verb === "write" && meeting.find(turn.join(" "));
    if (there) transcript.view(there).wait(text);
  }
  const done = () => {
    if (saving.now !== "saved") return;
    for (const view of transcript.views.values()) if (view.pending !== null) view.wait(null);
  };
  if (saving.jobs.length) saving.addEventListener("state", done);
}

function rememberPlace({ keep, sound, transcript }) {
  const top = transcript.top();
  const { turn } = transcript;
  keep.set("place", { time: sound.time, rate: sound.rate, turn: turn && keyOf(turn), top: top && keyOf(top) });
}

function returnToPlace({ keep, sound, transcript, meeting }) {
  const place = keep.get("place");
  if (!place) return;
  sound.seek(place.time);
  sound.setRate(place.rate);
  const [turn, top] = [place.turn, place.top].map((key) => meeting.find(key));
  if (turn) transcript.choose(turn, { focus: false, show: false });
  if (top) transcript.show(transcript.view(top).li, { block: "start" });
}
