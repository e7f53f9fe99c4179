// The parts of a record that are tapped or typed as figures: the drawings, groups of chips with one
// stop of the Tab key, scales, the hour it is now. The inputs beneath are plain ones.
const form = document.getElementById("record-form");

if (form) {
  document.documentElement.classList.add("has-scripts");
  for (const part of form.querySelectorAll("[data-script]")) part.hidden = false;
  for (const group of form.querySelectorAll("[data-roving]")) rove(group);
  for (const scale of form.querySelectorAll("[data-digits]")) scale.addEventListener("keydown", digit);
  const charts = form.querySelector(".charts"); // on a phone pushed along: also by keyboard
  if (charts.scrollWidth > charts.clientWidth) charts.tabIndex = 0;
  form.addEventListener("click", clicked);
  form.addEventListener("change", (event) => event.target.name === "zones" && showZones());
  form.addEventListener("record:set", (event) => event.target.name === "zones" && showZones());
}

const told = (input) => input.dispatchEvent(new Event("change", { bubbles: true }));
const places = () => [...form.querySelectorAll("input[name=zones]")];

function clicked(event) {
  const area = event.target.closest("[data-place]");
  const all = event.target.closest("[data-all]");
  const now = event.target.closest("[data-now]");
  if (area) tap(document.getElementById(`place-${area.dataset.place}`));
  if (all) tickAll(all.dataset.all.split(","));
  if (now) setNow(document.getElementById(now.dataset.now));
}

function tap(input) {
  input.checked = !input.checked;
  told(input);
}

// A whole zone of the protocol; again takes it away.
function tickAll(codes) {
  const wanted = places().filter((input) => codes.includes(input.value));
  const on = wanted.some((input) => !input.checked);
  for (const input of wanted) input.checked = on;
  if (wanted.length) told(wanted[0]);
}

function showZones() {
  const chosen = places().filter((input) => input.checked);
  for (const area of form.querySelectorAll("[data-place]")) {
    area.classList.toggle("is-chosen", chosen.some((input) => input.value === area.dataset.place));
  }
  const said = form.querySelector("[data-zones-said]");
  said.textContent = chosen.map((input) => input.parentElement.textContent.trim()).join(", ") || said.dataset.none;
}

// One stop for Tab, arrows inside, Space ticks.
function rove(group) {
  const inputs = [...group.querySelectorAll("input")];
  const start = inputs.find((input) => input.checked) ?? inputs[0];
  for (const input of inputs) input.tabIndex = input === start ? 0 : -1;
  group.addEventListener("focusin", (event) => {
    for (const input of inputs) input.tabIndex = input === event.target ? 0 : -1;
  });
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = inputs.indexOf(event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    inputs[(at + step + inputs.length) % inputs.length].focus();
  });
}

// "7" is 7; "1" and "0" soon after each other are 10.
let lastOne = 0;
function digit(event) {
  if (!/^\d$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  const isTen = event.key === "0" && event.timeStamp - lastOne < 900;
  lastOne = event.key === "1" ? event.timeStamp : 0;
  const wanted = event.currentTarget.querySelector(`input[value="${isTen ? "10" : event.key}"]`);
  if (!wanted) return;
  event.preventDefault();
  wanted.checked = true;
  wanted.focus();
  told(wanted);
}

// The clinic's hour, wherever the reader's clock is.
export function setNow(input) {
  const timeZone = document.querySelector("[data-clinic-zone]")?.dataset.clinicZone;
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone };
  input.value = new Intl.DateTimeFormat("fr-FR", parts).format(new Date());
  input.focus();
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
