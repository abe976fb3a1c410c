/**
 * Saving: changes go to the server one after the other, in the order in which they were made. While the server is gone
 * they wait here, over a reload too. Tells "state" (its `now`: "saved", "saving", "gone") and "refused" {error, job}.
 */

import { Refused, post, reachable } from "./server.js";

const PAUSES = [300, 1000, 2000, 3000]; // ms between tries

export class Saving extends EventTarget {
  now = "saved";
  at = null; // the time of the last save
  #promises = new WeakMap();
  #running = null; // the promise of what is being saved
  #tries = 0;
  #timer = 0;

  /** @param {import("./meeting.js").Meeting} meeting @param {import("./keep.js").Keep} keep */
  constructor(meeting, keep) {
    super();
    this.meeting = meeting;
    this.keep = keep;
    this.jobs = keep.get("jobs") ?? [];
  }

  /** Makes corrections, as one step; true when they are saved, false when they were refused. */
  correct(corrections) {
    return this.#add({ path: "steps", body: { corrections } });
  }

  /** Takes the last step back, or does it again. @param {"undo" | "redo"} move */
  move(move) {
    return this.#add({ path: move, body: {} });
  }

  /** "Not NAME": the correction, and the counter-example where a voice book is there. */
  reject(speaker, name) {
    return this.#add({ path: "reject", body: { speaker, name } });
  }

  /** Tries at once what waits. @returns {Promise<void>} when it is saved, or cannot be */
  flush() {
    clearTimeout(this.#timer);
    this.#running ??= this.#run();
    return this.#running;
  }

  /** The server is gone: tells so, and tries until it is back. */
  lost() {
    if (!this.#running && this.now !== "gone") this.#wait();
  }

  /** What is asked for twice before it is answered (a double click) is asked for once. */
  #add(given) {
    const last = this.jobs.at(-1);
    const twice = last?.path === "steps" && JSON.stringify(last.body) === JSON.stringify(given.body);
    if (twice && this.#promises.has(last)) return this.#promises.get(last).promise;
    const job = { ...given, id: crypto.randomUUID() };
    const done = settled();
    this.#promises.set(job, done);
    this.jobs.push(job);
    this.#changed(this.now === "gone" ? "gone" : "saving");
    if (this.now !== "gone") this.flush();
    return done.promise;
  }

  async #run() {
    const saved = await this.#all();
    this.#running = null;
    if (!saved) return this.#wait();
    this.#tries = 0;
    if (this.now !== "saved") this.#changed("saved");
    return undefined;
  }

  async #all() {
    try {
      await reachable();
      while (this.jobs.length) await this.#save(this.jobs[0]);
      return true;
    } catch {
      return false;
    }
  }

  /** Throws Unreachable, and the job stays. */
  async #save(job) {
    let saved = true;
    try {
      const answer = await post(job.path, { ...job.body, revision: this.meeting.revision }, job.id);
      this.at = new Date();
      this.#done();
      this.meeting.patch(answer);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      saved = false;
      this.#done();
      if (error.state) this.meeting.take(error.state);
      this.dispatchEvent(new CustomEvent("refused", { detail: { error, job } }));
    }
    this.#promises.get(job)?.resolve(saved);
  }

  #done() {
    this.jobs.shift();
    this.keep.set("jobs", this.jobs.length ? this.jobs : undefined);
  }

  #wait() {
    this.#changed("gone");
    this.#timer = setTimeout(() => this.flush(), PAUSES[Math.min(this.#tries, PAUSES.length - 1)]);
    this.#tries += 1;
  }

  #changed(now) {
    this.now = now;
    this.keep.set("jobs", this.jobs.length ? this.jobs : undefined);
    this.dispatchEvent(new CustomEvent("state"));
  }
}

/** A promise, and what settles it. */
function settled() {
  let resolve;
  const promise = new Promise((given) => (resolve = given));
  return { promise, resolve };
}
