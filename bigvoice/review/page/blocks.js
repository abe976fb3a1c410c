/**
 * Items in blocks, of which the browser draws those near the screen. With every picture it looks at all that it might
 * leave out: of three hours, 2,200 turns would take it 20 ms, as many in blocks take 2.
 */

const SIZE = 12; // items
const NEAR = "900px 0px"; // around the screen
const STILL = 200; // ms without scrolling
const LONGEST = 500; // ms that an item waits for a browser that has no time, and then
const ENOUGH = 8; // ms are taken

export class Blocks {
  #observer;
  #waiting = new Map(); // items that are to be told whether they are near
  #asked = false;
  #scrolled = -Infinity; // when that was

  /**
   * `near` is told of an item that comes near the screen or goes away from it; while she scrolls, when the browser has
   * time for it.
   * @param {HTMLElement} list @param {HTMLElement} scroller @param {(item: HTMLElement, is: boolean) => void} near
   */
  constructor(list, scroller, near) {
    this.list = list;
    this.near = near;
    const told = (entries) => entries.forEach(({ target, isIntersecting }) => this.#tell(target, isIntersecting));
    this.#observer = new IntersectionObserver(told, { root: scroller, rootMargin: NEAR });
    scroller.addEventListener("scroll", () => (this.#scrolled = performance.now()), { passive: true });
  }

  /** Items in order, in place of all there are. */
  fill(items) {
    this.#observer.disconnect();
    const blocks = [];
    for (let at = 0; at < items.length; at += SIZE) blocks.push(this.#made(items.slice(at, at + SIZE)));
    this.list.replaceChildren(...blocks);
  }

  /** Puts an item before another, or to the end (null); one that stands there already stays as it is. */
  put(item, before) {
    if (item.parentNode && after(item) === before) return;
    const block = before?.parentNode ?? this.list.lastElementChild ?? this.list.appendChild(this.#made([]));
    this.remove(item);
    block.insertBefore(item, before);
    if (block.children.length > 2 * SIZE) block.after(this.#made([...block.children].slice(SIZE), block.isNear));
    this.#measure(block);
    this.near(item, item.parentNode.isNear);
  }

  remove(item) {
    const block = item.parentNode;
    item.remove();
    if (block && !block.firstChild) this.#drop(block);
  }

  #made(items, isNear = false) {
    const block = document.createElement("div");
    block.className = "block";
    block.setAttribute("role", "presentation");
    block.isNear = isNear;
    block.append(...items);
    this.#measure(block);
    this.#observer.observe(block);
    return block;
  }

  #drop(block) {
    this.#observer.unobserve(block);
    block.remove();
  }

  /** What its height is guessed by, before it is drawn. */
  #measure(block) {
    const lines = [...block.children].reduce((sum, item) => sum + item.view.lines, 0);
    block.style.setProperty("--lines", lines);
    block.style.setProperty("--items", block.children.length);
  }

  #tell(block, is) {
    block.isNear = is;
    for (const item of block.children) this.#waiting.set(item, is);
    if (performance.now() - this.#scrolled > STILL) this.#tellSome({ timeRemaining: () => Infinity });
    else if (!this.#asked) this.#ask();
  }

  #ask() {
    this.#asked = true;
    if (globalThis.requestIdleCallback) requestIdleCallback((time) => this.#tellSome(time), { timeout: LONGEST });
    else setTimeout(() => this.#tellSome({ didTimeout: true }), LONGEST / 10);
  }

  #tellSome(time) {
    const end = performance.now() + (time.didTimeout ? ENOUGH : time.timeRemaining());
    for (const [item, is] of this.#waiting) {
      if (performance.now() > end) break;
      this.#waiting.delete(item);
      this.near(item, is);
    }
    this.#asked = false;
    if (this.#waiting.size) this.#ask();
  }
}

/** The item that follows one; null after the last. */
function after(item) {
  return item.nextElementSibling ?? item.parentNode.nextElementSibling?.firstElementChild ?? null;
}
