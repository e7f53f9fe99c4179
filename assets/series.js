// The page of a proposal: filtering protocols, the ribbon beside the list, dragging a dot to another
// day, one booking for a double click. Each of it works without this file, by links and buttons.
document.documentElement.classList.add("has-scripts");

// --- A list narrowed by a word -------------------------------------------------------------------
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

for (const field of document.querySelectorAll("[data-filter]")) {
  const list = document.querySelector(field.dataset.filter);
  const rows = [...list.querySelectorAll("[data-words]")];
  field.closest("[data-filter-box]").hidden = false;
  if (field.autofocus) field.focus();
  field.addEventListener("input", () => {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every((word) => plain(row.dataset.words).includes(word));
    list.querySelector("[data-filter-none]").hidden = rows.some((row) => !row.hidden);
  });
  field.addEventListener("keydown", (event) => openFirst(event, list));
}

document.querySelector("[data-find]")?.addEventListener("keydown", (event) => {
  openFirst(event, document.getElementById("patients-found"));
});

// Enter in the field opens the first that is shown.
function openFirst(event, list) {
  const first = event.key === "Enter" && list.querySelector("a.found:not([hidden])");
  if (first) {
    event.preventDefault();
    first.click();
  }
}

// --- Sent once -----------------------------------------------------------------------------------
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-once]")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
// Coming back by the browser's history, the form may be sent again: its key makes it one booking.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
});

// --- Errors come beside the proposal; the fields are told ----------------------------------------
document.addEventListener("htmx:afterSettle", () => {
  for (const error of document.querySelectorAll("[data-error-of]")) {
    const field = document.getElementById(`id_${error.dataset.errorOf}`);
    if (!field) continue;
    const wrong = error.textContent.trim() !== "";
    field.classList.toggle("is-invalid", wrong && field.type !== "checkbox");
    if (wrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
});

// --- List and ribbon light up together -----------------------------------------------------------
function light(number, on) {
  for (const part of document.querySelectorAll(`[data-dot="${number}"], [data-bar="${number}"], [data-row="${number}"]`)) {
    part.classList.toggle("is-lit", on);
  }
}

for (const [begin, end] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
  const numbered = (event) => event.target.closest?.("[data-dot], [data-row]");
  const number = (part) => part.dataset.dot ?? part.dataset.row;
  document.addEventListener(begin, (event) => numbered(event) && light(number(numbered(event)), true));
  document.addEventListener(end, (event) => numbered(event) && light(number(numbered(event)), false));
}

// --- Dragging a dot to another day ---------------------------------------------------------------
const linkOf = (key) => document.querySelector(`a[data-option="${key}"]`);

function markMovable() {
  for (const dot of document.querySelectorAll(".proposal [data-dot]")) {
    const movable = dot.ownerSVGElement.querySelector(`.ribbon-option[data-number="${dot.dataset.dot}"]`);
    dot.classList.toggle("is-movable", Boolean(movable));
  }
}

document.addEventListener("pointerdown", (event) => {
  const dot = event.target.closest?.(".dot.is-movable");
  if (dot && event.button === 0) drag(dot, event);
});

function drag(dot, start) {
  const svg = dot.ownerSVGElement;
  const home = dot.getAttribute("transform");
  const [, homeX, y] = home.match(/translate\(([\d.]+) ([\d.]+)\)/);
  const options = [...svg.querySelectorAll(`.ribbon-option[data-number="${dot.dataset.dot}"]`)];
  const place = (option) => Number(option.getAttribute("cx"));
  let near = null;

  const toUnits = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()).x;
  function move(event) {
    const x = toUnits(event);
    const nearest = options.reduce((a, b) => (Math.abs(place(b) - x) < Math.abs(place(a) - x) ? b : a));
    near = Math.abs(place(nearest) - x) < Math.abs(Number(homeX) - x) ? nearest : null;
    dot.setAttribute("transform", `translate(${x} ${y})`);
    for (const option of options) option.classList.toggle("is-near", option === near);
  }
  function end(event) {
    stop();
    if (event.type === "pointerup" && near) linkOf(near.dataset.key)?.click();
  }
  function stop() {
    svg.classList.remove("is-dragging");
    dot.setAttribute("transform", home);
    for (const option of options) option.classList.remove("is-open", "is-near");
    svg.removeEventListener("pointermove", move);
    for (const kind of ["pointerup", "pointercancel"]) svg.removeEventListener(kind, end);
  }

  start.preventDefault();
  svg.setPointerCapture(start.pointerId);
  svg.classList.add("is-dragging");
  for (const option of options) option.classList.add("is-open");
  svg.addEventListener("pointermove", move);
  for (const kind of ["pointerup", "pointercancel"]) svg.addEventListener(kind, end);
}

markMovable();
document.addEventListener("htmx:afterSettle", markMovable);

// --- Paper ---------------------------------------------------------------------------------------
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
