/** The server's interface: reading, asking for changes, and being told of others' changes. */

import { language } from "./language.js";
import { proven } from "./proof.js";

/** Nobody answered: the server is gone, or stands still. */
export class Unreachable extends Error {}

/** The server answered that something cannot be done; `state` is the whole state where it sent one. */
export class Refused extends Error {
  constructor(message, state) {
    super(message);
    this.state = state;
  }
}

const AGAIN = 1_000; // ms until it is tried again
const PATIENCE = 20_000; // ms: another program may be saving for ten seconds

/** The whole state. */
export const state = () => ask("state", {});

/** Asks for something to be done; once, however often it is asked for under an id. @param {string} path */
export function post(path, body, id = crypto.randomUUID()) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Bigvoice": "1", "Idempotency-Key": id },
    body: JSON.stringify(body),
  });
}

let sure = true; // that our server listens at this address: it served the page, and since then events were heard

/** Throws Unreachable where it is not our server that answers, or nobody. */
export async function reachable() {
  sure ||= await proven();
  if (!sure) throw new Unreachable("nobody answers");
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
  await reachable();
  try {
    return await fetch(address, { ...options, signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    sure = false;
    throw new Unreachable(error.message);
  }
}

/**
 * Listens to the server. `on`: "revision" and "sound" with their values, "open" when it is there (true: again), "gone"
 * when it is not. A tab that is not seen does not listen: a browser has six connections to a server for all tabs, and
 * one that is kept by each would soon leave none. Gives what ends it.
 */
export function listen(on) {
  let source = null;
  let attempts = 0;
  const end = () => {
    attempts += 1;
    sure &&= !source;
    source?.close();
    source = null;
  };
  const begin = async () => {
    end();
    const attempt = attempts;
    if (document.hidden) return;
    const there = await reachable().then(() => true, () => false);
    if (attempt !== attempts) return;
    if (there) source = opened(on, begin);
    else setTimeout(() => attempt === attempts && begin(), AGAIN);
    if (there) return;
    heard = true; // when it is there, it is there again
    on.gone();
  };
  document.addEventListener("visibilitychange", begin);
  begin();
  return () => {
    document.removeEventListener("visibilitychange", begin);
    end();
  };
}

let heard = false; // events, before

function opened(on, failed) {
  const source = new EventSource("events");
  for (const name of ["revision", "sound"]) {
    source.addEventListener(name, (event) => on[name](JSON.parse(event.data)));
  }
  source.onopen = () => {
    on.open(heard);
    heard = true;
  };
  source.onerror = failed;
  return source;
}
