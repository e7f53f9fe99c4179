// Every minute, and after every change made here: ask what is booked. Unchanged is a short 304.
import { showNew } from "./calendar.js";

const EVERY = 60_000;

export function keepFresh(box, calendar) {
  const look = async (always = false) => {
    if (document.hidden && !always) return;
    const data = await ask(box);
    if (!data) return;
    if (calendar) showNew(box, calendar, data);
    document.body.dispatchEvent(new CustomEvent("agenda-changed"));
  };
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", () => look());
  document.body.addEventListener("agenda-moved", () => look(true));
  document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.requestConfig.verb !== "get" && detail.successful) look(true);
  });
}

// The new data, or nothing when it is the same as before or no answer came.
async function ask(box) {
  try {
    const response = await fetch(box.dataset.events, {
      headers: { Accept: "application/json", "If-None-Match": box.dataset.etag },
    });
    if (response.status !== 200 || response.redirected) return null;
    box.dataset.etag = response.headers.get("ETag") ?? "";
    return await response.json();
  } catch {
    return null;
  }
}
