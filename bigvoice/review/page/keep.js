/** What this window keeps over a reload: place, text being typed, changes that wait to be saved. */

export class Keep {
  /** @param {string} file the minutes file: another meeting has its own */
  constructor(file) {
    this.file = file;
  }

  #key(name) {
    return `bigvoice ${this.file} ${name}`;
  }

  /** What was kept, or undefined. @param {string} name */
  get(name) {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key(name)) ?? "null") ?? undefined;
    } catch {
      return undefined; // a browser that keeps nothing, or something else under this name
    }
  }

  /** Keeps a value; undefined drops it. */
  set(name, value) {
    try {
      if (value === undefined) sessionStorage.removeItem(this.#key(name));
      else sessionStorage.setItem(this.#key(name), JSON.stringify(value));
    } catch {
      // full or not allowed: the page works on, only a reload would lose it
    }
  }
}
