// Words that are not saved yet lie in this tab's sessionStorage, locked with a key that only the same
// person on the same record is given by the server: whoever takes the tablet next cannot read them.
// Without a secure connection browsers offer no cryptography; then nothing is put there.
import { pairsOf, setField } from "./record-fields.js";

const PREFIX = "record-shelf:";
const subtle = globalThis.crypto?.subtle;
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

function text(buffer) {
  let all = "";
  for (const byte of new Uint8Array(buffer)) all += String.fromCharCode(byte);
  return btoa(all);
}

export function shelf(form) {
  const place = PREFIX + form.dataset.shelf;
  const key = subtle?.importKey("raw", bytes(form.dataset.shelfKey), "AES-GCM", false, ["encrypt", "decrypt"]);
  let timer = 0;
  let round = 0;

  async function write() {
    const mine = ++round;
    const content = JSON.stringify({ base: form.elements.base.value, pairs: pairsOf(form) });
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const locked = await subtle.encrypt({ name: "AES-GCM", iv }, await key, new TextEncoder().encode(content));
    if (mine !== round) return; // saved meanwhile
    try {
      sessionStorage.setItem(place, JSON.stringify([text(iv), text(locked)]));
    } catch {
      sessionStorage.removeItem(place); // full: the words stay on the page
    }
  }

  async function read() {
    try {
      const [iv, locked] = JSON.parse(sessionStorage.getItem(place)).map(bytes);
      const open = await subtle.decrypt({ name: "AES-GCM", iv }, await key, locked);
      return JSON.parse(new TextDecoder().decode(open));
    } catch {
      return null; // nothing there, or somebody else's
    }
  }

  return {
    put() {
      if (!subtle) return;
      clearTimeout(timer);
      timer = setTimeout(write, 300);
    },
    clear() {
      clearTimeout(timer);
      round += 1;
      sessionStorage.removeItem(place);
    },
    // Puts back what the page does not say; true where there was something.
    async take() {
      const found = subtle && (await read());
      if (!found || JSON.stringify(found.pairs) === JSON.stringify(pairsOf(form))) {
        this.clear();
        return false;
      }
      putBack(form, found);
      return true;
    },
  };
}

function putBack(form, { base, pairs }) {
  const rows = pairs.filter(([name]) => /^products-\d+-find$/.test(name)).length;
  form.dispatchEvent(new CustomEvent("record:rows", { detail: rows }));
  const values = Map.groupBy ? Map.groupBy(pairs, ([name]) => name) : grouped(pairs);
  const names = new Set([...form.elements].map((element) => element.name).filter(Boolean));
  for (const name of names) {
    if (name === "base" || name === "csrfmiddlewaretoken" || name === "seen") continue;
    setField(form, name, (values.get(name) ?? []).map(([, value]) => value));
  }
  form.elements.base.value = base;
}

function grouped(pairs) {
  const found = new Map();
  for (const pair of pairs) found.set(pair[0], [...(found.get(pair[0]) ?? []), pair]);
  return found;
}

export function forget(only = "") {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(PREFIX + only)) sessionStorage.removeItem(name);
  }
}

// Signed, or signed out on purpose: nothing is left to be put back.
for (const done of document.querySelectorAll("[data-shelf-done]")) forget(done.dataset.shelfDone);
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action")?.endsWith("/logout/")) forget();
});
