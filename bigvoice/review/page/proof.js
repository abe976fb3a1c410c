/**
 * Whether it is the program behind this page that listens at its address. While that is away another one may, and must
 * not be sent the page's token, nor what was typed: who knows the token can say so without telling it.
 */

const PATIENCE = 3_000; // ms

const bytes = (text) => new TextEncoder().encode(text);
const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (digits) => parseInt(digits, 16));

/** @returns {Promise<boolean>} false also where nobody answers */
export async function proven() {
  const nonce = crypto.randomUUID();
  const said = await told(`/proof/${nonce}`);
  const [, token] = location.pathname.split("/");
  const key = await crypto.subtle.importKey("raw", bytes(token), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  return crypto.subtle.verify("HMAC", key, fromHex(said), bytes(nonce));
}

async function told(address) {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE), redirect: "error" });
    return answer.ok ? await answer.text() : "";
  } catch {
    return "";
  }
}
