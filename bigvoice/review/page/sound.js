/** The sound: tells "time" with every picture while it plays, and "playing" when that begins or ends. */

const RATES = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5];
const SLOWLY = 0.7;

export class Sound extends EventTarget {
  #until = Infinity;
  #rate = 1; // that the person chose; a turn heard slowly has its own

  /** @param {HTMLAudioElement} audio */
  constructor(audio) {
    super();
    this.audio = audio;
    audio.addEventListener("play", () => this.#playing());
    audio.addEventListener("pause", () => this.#paused());
    audio.addEventListener("seeked", () => this.#tell("time"));
    audio.addEventListener("timeupdate", () => this.#stopAtEnd());
    audio.addEventListener("error", () => this.#tell("failed"));
  }

  /** Loads the recording, or loads it anew, and stays at the time. */
  load() {
    const time = this.time;
    this.audio.src = "sound";
    this.audio.currentTime = time;
    this.audio.playbackRate = this.#rate;
  }

  get time() {
    return this.audio.currentTime;
  }

  get playing() {
    return !this.audio.paused;
  }

  get rate() {
    return this.#rate;
  }

  /** Plays from a time on, to the end or until another time. */
  playFrom(time, until = Infinity, { slowly = false } = {}) {
    this.seek(time);
    this.#until = until;
    this.audio.playbackRate = slowly ? SLOWLY : this.#rate;
    this.#play();
  }

  toggle() {
    if (this.playing) return this.audio.pause();
    if (this.time >= this.#until - 0.05) this.#until = Infinity;
    return this.#play();
  }

  pause() {
    this.audio.pause();
  }

  /** Goes to a time; what is playing plays on from there. */
  seek(time) {
    this.#until = Infinity;
    this.audio.currentTime = Math.max(0, time);
    this.#tell("time");
  }

  skip(seconds) {
    const end = Number.isFinite(this.audio.duration) ? this.audio.duration : Infinity;
    this.seek(Math.min(end, this.time + seconds));
  }

  /** One step faster (1) or slower (-1). */
  change(step) {
    const at = RATES.findIndex((rate) => rate >= this.#rate);
    this.setRate(RATES[Math.min(RATES.length - 1, Math.max(0, at + step))]);
  }

  setRate(rate) {
    this.#rate = RATES.includes(rate) ? rate : 1;
    this.audio.playbackRate = this.#rate;
    this.#tell("rate");
  }

  #play() {
    if (!this.audio.getAttribute("src")) return this.#tell("failed");
    return this.audio.play().catch((error) => {
      if (error.name !== "AbortError") this.#tell("failed");
    });
  }

  #playing() {
    this.#tell("playing");
    const frame = () => {
      if (!this.playing) return;
      this.#stopAtEnd();
      this.#tell("time");
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  #paused() {
    this.audio.playbackRate = this.#rate;
    this.#tell("playing");
  }

  #stopAtEnd() {
    if (this.playing && this.time >= this.#until) this.audio.pause();
  }

  #tell(name) {
    this.dispatchEvent(new CustomEvent(name));
  }
}
