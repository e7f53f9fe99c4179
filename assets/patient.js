// The patient's own page. Everything works without it: it counts down, and lets sign by hand.
import "./modules/signature.js";
import "./modules/zone.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TWO_DAYS = 48 * HOUR;
const { hours, minutes, over } = document.body.dataset;

// Rounded up, as clinic/portal/moments.py does; whole days stay as the server wrote them.
function count(time) {
  const rest = Date.parse(time.dataset.until) - Date.now();
  if (rest > TWO_DAYS) return;
  if (rest <= 0) time.textContent = over;
  else if (rest > HOUR) time.textContent = hours.replace("HOURS", Math.ceil(rest / HOUR));
  else time.textContent = minutes.replace("MINUTES", Math.ceil(rest / MINUTE));
}

const counted = document.querySelectorAll("[data-until]");
if (counted.length) setInterval(() => counted.forEach(count), 20_000);

document.querySelector(".error-summary")?.focus();
