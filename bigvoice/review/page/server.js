/** The server's interface: reading, asking for changes, and being told of others' changes. */

import { language } from "./language.js";

/** Nobody answered: the server is gone, or stands still. */
export class Unreachable extends Error {}

/** The server answered that something cannot be done; `state` is the whole state where it sent one. */
export class Refused extends Error {
  constructor(message, state) {
    super(message);
    this.state = state;
  }
}

const PATIENCE = 20_000; // ms: another program may be saving for ten seconds

/** The whole state. */
export const state = () => ask("state", {});

/** Asks for something to be done. @param {string} path @param {object} body */
export function post(path, body) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Bigvoice": "1" },
    body: JSON.stringify(body),
  });
}

/** The levels of the sound from a place on, a byte for each 50 ms. @param {number} from */
export async function peaks(from) {
  const answer = await reached(`peaks?from=${from}`, {});
  return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : new Uint8Array();
}

async function ask(path, options) {
  const answer = await reached(path, options);
  const value = await answer.json().catch(() => null);
  if (answer.ok && value) return value;
  if (answer.status === 404 || answer.status >= 500) throw new Unreachable(`${answer.status}`);
  throw new Refused(value?.error ?? `${answer.status} ${answer.statusText}`, value?.state);
}

async function reached(path, options) {
  const address = `${path}${path.includes("?") ? "&" : "?"}language=${language()}`; // for the sentences in the answer
  try {
    return await fetch(address, { ...options, signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    throw new Unreachable(error.message);
  }
}

/**
 * Listens to the server. `on`: "revision" and "sound" with their values, "open" when it is there (true: again).
 * A connection that the browser has given up is opened again. A tab that is not seen does not listen: a browser has six
 * connections to a server for all tabs, and one that is kept by each would soon leave none. Gives what ends it.
 */
export function listen(on) {
  let source = null;
  let again = false;
  const begin = () => {
    source?.close();
    source = null;
    if (document.hidden) return;
    source = new EventSource("events");
    for (const name of ["revision", "sound"]) {
      source.addEventListener(name, (event) => on[name](JSON.parse(event.data)));
    }
    source.onopen = () => {
      on.open(again);
      again = true;
    };
    source.onerror = () => source?.readyState === EventSource.CLOSED && setTimeout(begin, 1000);
  };
  document.addEventListener("visibilitychange", begin);
  begin();
  return () => {
    document.removeEventListener("visibilitychange", begin);
    source?.close();
  };
}
