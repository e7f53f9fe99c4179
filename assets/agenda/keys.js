// Arrows walk the appointments in the order of time and columns; Enter opens, M moves, T is today,
// Shift with an arrow is the day before or after.
import { addressOf, oneTabStop } from "./calendar.js";

const NAMES = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

export function listenToKeys(box, open) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isTyping(event.target) || isElsewhere(event.target, box)) return;
    const name = (event.shiftKey ? "Shift+" : "") + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
    const done = inDrawer(name) || link(name) || (box && !drawerIsOpen() && walk(box, name, open));
    if (done) event.preventDefault();
  });
}

function isTyping(target) {
  return target instanceof Element && Boolean(target.closest("input, textarea, select, [contenteditable]"));
}

// Arrows belong to the agenda only when nothing else has the focus.
function isElsewhere(target, box) {
  if (target === document.body || target.id === "main" || target.closest?.("#drawer")) return false;
  return !(box?.contains(target));
}

function singleKeysAreOn() {
  return localStorage.getItem("single-keys") !== "off";
}

function drawerIsOpen() {
  return Boolean(document.querySelector("dialog[open]"));
}

// M in the drawer moves the appointment that it shows.
function inDrawer(name) {
  const shown = document.querySelector("#drawer[open] [data-move]");
  if (name !== "m" || !shown?.dataset.move || !singleKeysAreOn()) return false;
  window.location.assign(shown.dataset.move);
  return true;
}

function link(name) {
  const wanted = !drawerIsOpen() && (name.length > 1 || singleKeysAreOn())
    && document.querySelector(`[data-agenda-key="${CSS.escape(name)}"]`);
  wanted?.click?.();
  return Boolean(wanted);
}

function walk(box, name, open) {
  const current = document.activeElement?.closest?.("[data-event]");
  if (current && name === "m" && singleKeysAreOn()) {
    window.location.assign(`${addressOf(box, current.dataset.visit)}move/`);
    return true;
  }
  if (current && name === " ") {
    open(addressOf(box, current.dataset.visit));
    return true;
  }
  if (!NAMES.includes(name)) return false;
  const events = [...box.querySelectorAll("[data-event]")];
  const next = current ? neighbour(current, events, name) : first(events);
  if (!next) return Boolean(events.length);
  oneTabStop(box, next);
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
  return true;
}

function place(element) {
  const { left, top } = element.getBoundingClientRect();
  return { column: element.style.gridColumn, left, top };
}

function first(events) {
  const line = document.querySelector(".ec-now-indicator")?.getBoundingClientRect().top;
  const ahead = line === undefined ? [] : events.filter((event) => event.getBoundingClientRect().bottom > line);
  const sorted = (ahead.length ? ahead : events).map((event) => [event, place(event)]);
  sorted.sort(([, a], [, b]) => a.top - b.top || a.left - b.left);
  return sorted[0]?.[0];
}

// Up and down stay in the column; left and right go to the nearest hour of the next one that has any.
function neighbour(current, events, name) {
  const here = place(current);
  const others = events.filter((event) => event !== current).map((event) => [event, place(event)]);
  const isSide = name === "ArrowLeft" || name === "ArrowRight";
  const sign = name === "ArrowDown" || name === "ArrowRight" ? 1 : -1;
  const ahead = others.filter(([, at]) => {
    if (!isSide) return at.column === here.column && sign * (at.top - here.top || at.left - here.left) > 0;
    return at.column !== here.column && sign * (at.left - here.left) > 0;
  });
  const far = ([, at]) => (isSide ? Math.abs(at.left - here.left) * 10000 : 0) + Math.abs(at.top - here.top);
  return ahead.sort((a, b) => far(a) - far(b))[0]?.[0];
}
