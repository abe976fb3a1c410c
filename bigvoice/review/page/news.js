/** What the server tells without being asked, or tells other than hoped for, and what the page makes of it. */

import { showRecording } from "./head.js";
import { say } from "./language.js";
import { peaks, state } from "./server.js";
import { announce, toast } from "./telling.js";

/** The sound, and its levels as far as they are known. */
export async function loadSound({ meeting, sound, waveform }) {
  if (meeting.recording.state !== "missing") sound.load();
  try {
    waveform.add(await peaks(waveform.n));
  } catch {
    // the server will be back, and send news of the sound
  }
}

/** More of the sound can be heard. */
export async function heardOfSound({ meeting, sound, waveform }, news) {
  const was = meeting.recording.state;
  Object.assign(meeting.recording, news);
  if (news.state !== was) await state().then((now) => (meeting.recording = now.recording)).catch(() => undefined);
  showRecording(meeting, sound);
  const loaded = sound.audio.getAttribute("src") && !sound.audio.error;
  if (!loaded && meeting.recording.state !== "missing") sound.load();
  waveform.add(await peaks(waveform.n).catch(() => new Uint8Array()));
}

/** Tells why nothing is to be heard. */
export function soundFailed({ meeting, sound }) {
  const { state: now, told } = meeting.recording;
  if (now === "missing") toast(told, { wrong: true });
  else toast(say("no_sound", { why: sound.audio.error?.message || now }), { wrong: true });
}

/** The server is there again, and may be another one: what waits is saved, what was missed is asked for. */
export async function catchUp(page) {
  await page.saving.flush();
  await refresh(page);
  await heardOfSound(page, page.meeting.recording);
}

/** Takes over what was changed elsewhere. */
export async function refresh({ meeting, saving }) {
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
export function refused({ meeting, kept }, { error, job }) {
  const typed = (job.body.corrections ?? []).filter((each) => each.do === "write" || each.do === "insert");
  if (typed.length !== 1) return toast(say("refused", { why: error.message }), { wrong: true });
  const [{ turn, text }] = typed;
  const there = meeting.find(turn.join(" "));
  if (there && there.words.map((word) => word[2]).join("").trim() === text) return undefined;
  return kept.add({ turn, text, why: error.message });
}
