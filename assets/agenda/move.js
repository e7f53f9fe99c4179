// A drop asks the server. Its "no" puts the appointment back and says which rule stands against it.
import { toast } from "./toast.js";

export async function sendMove(box, info) {
  const { event, oldEvent, newResource, revert } = info;
  const shift = event.start - oldEvent.start;
  if (!shift && !newResource) return;
  const answer = await post(box, event, startOf(event, shift), columnOf(info));
  if (answer.message) {
    toast("success", answer.message);
    document.body.dispatchEvent(new CustomEvent("agenda-moved"));
  } else {
    revert();
    toast("error", `${box.dataset.notMoved} ${answer.problems.join(" ")}`);
    // Drawn anew where it was: whoever came by keyboard goes on from there.
    requestAnimationFrame(() => box.querySelector(`[data-event="${CSS.escape(event.id)}"]`)?.focus({ preventScroll: true }));
  }
}

// The column may show only a part of the visit: what moves is the whole, by as much.
function startOf(event, shift) {
  const begins = new Date(`${event.extendedProps.begins}:00Z`);
  return new Date(begins.getTime() + shift).toISOString().slice(0, 16);
}

function columnOf({ event }) {
  const [column] = event.resourceIds;
  return column === "none" ? "" : column;
}

async function post(box, event, startsAt, only) {
  const address = box.dataset.appointments.replace("/id/", `/${event.extendedProps.visit}/`);
  try {
    const response = await fetch(`${address}move/`, {
      method: "POST",
      headers: { Accept: "application/json", ...JSON.parse(document.body.getAttribute("hx-headers")) },
      body: new URLSearchParams({ starts_at: startsAt, only, key: crypto.randomUUID?.() ?? "" }),
    });
    return await response.json();
  } catch {
    return { problems: [box.dataset.offline] };
  }
}
