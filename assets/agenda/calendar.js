// The resource time grid. Hours come as the clinic's wall clock and are shown as they come, in
// whatever zone the browser is; nothing moves before the server has said yes.
import { createCalendar, Interaction, ResourceTimeGrid } from "@event-calendar/core";
import { sendMove } from "./move.js";

const SLOT = 15; // minutes of one row
const SMALLEST_ROW = 15; // pixels
const HEAD = 40;
const OPTIONS = {
  from: "slotMinTime",
  to: "slotMaxTime",
  offset: "timeZone",
  hidden: "hiddenDays",
  columns: "resources",
  events: "events",
};
let shown = {};

export function startCalendar(box, open) {
  const data = JSON.parse(document.getElementById("agenda-data").textContent);
  box.hidden = false;
  shown = data;
  const isWeek = box.dataset.view === "week";
  const calendar = createCalendar(box, [ResourceTimeGrid, Interaction], {
    view: isWeek ? "resourceTimeGridWeek" : "resourceTimeGridDay",
    date: box.dataset.on,
    locale: document.documentElement.lang,
    timeZone: data.offset,
    firstDay: 1,
    hiddenDays: data.hidden,
    headerToolbar: { start: "", center: "", end: "" },
    allDaySlot: false,
    nowIndicator: true,
    datesAboveResources: isWeek,
    columnWidth: isWeek ? "minmax(96px, 1fr)" : "minmax(140px, 1fr)",
    dayHeaderFormat: { weekday: "short", day: "numeric" }, // the month is in the heading above
    slotDuration: { minutes: SLOT },
    slotLabelInterval: { hours: 1 },
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    slotHeight: rowHeight(box, data),
    slotMinTime: data.from,
    slotMaxTime: data.to,
    scrollTime: data.from,
    slotEventOverlap: false,
    editable: true,
    eventDurationEditable: false,
    eventDragMinDistance: 6,
    resources: data.columns,
    events: data.events,
    eventContent: ({ event, timeText }) => ({ domNodes: content(event, timeText) }),
    eventDidMount: ({ event, el }) => describe(event, el),
    eventClick: ({ event, jsEvent }) => {
      jsEvent.preventDefault(); // else Enter goes on to press the button that gets the focus
      open(addressOf(box, event.extendedProps.visit));
    },
    eventDrop: (info) => sendMove(box, info),
  });
  requestAnimationFrame(() => settle(box));
  return calendar;
}

export function showNew(box, calendar, data) {
  const focused = document.activeElement?.dataset?.event;
  for (const [part, option] of Object.entries(OPTIONS)) {
    if (JSON.stringify(data[part]) !== JSON.stringify(shown[part])) calendar.setOption(option, data[part]);
  }
  shown = data;
  requestAnimationFrame(() => {
    settle(box);
    if (focused) box.querySelector(`[data-event="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  });
}

export function addressOf(box, visit) {
  return box.dataset.appointments.replace("/id/", `/${visit}/`);
}

function rowHeight(box, data) {
  const rows = (minutes(data.to) - minutes(data.from)) / SLOT;
  return Math.max(SMALLEST_ROW, Math.floor((box.clientHeight - HEAD) / rows));
}

function minutes(time) {
  const [hours, rest] = time.split(":").map(Number);
  return hours * 60 + rest;
}

function content(event, timeText) {
  if (event.display === "background") return [];
  const { icon, what } = event.extendedProps;
  const head = part("span", "visit-head");
  head.append(part("i", `bi ${icon}`), part("time", "visit-time", timeText.split(/\s*[–-]\s*/)[0]), part("strong", "visit-name", event.title));
  return [head, part("span", "visit-what", what ?? "")];
}

function part(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function describe(event, element) {
  if (event.display !== "auto") return;
  element.dataset.event = event.id;
  element.dataset.visit = event.extendedProps.visit;
  element.setAttribute("aria-label", event.extendedProps.label);
  element.title = event.extendedProps.label;
  element.tabIndex = -1;
}

// The library says "table", but its events are no cells. The real table stands below it.
const TABLE_WORDS = ["role", "aria-colindex", "aria-colspan", "aria-rowindex", "aria-rowspan", "aria-colcount", "aria-rowcount"];

function settle(box) {
  for (const element of box.querySelectorAll("[role]:not([data-event]), [aria-colindex]")) {
    for (const word of TABLE_WORDS) element.removeAttribute(word);
  }
  oneTabStop(box);
}

// One stop for Tab; arrows do the rest. A day without visits still scrolls: there the area is the stop.
export function oneTabStop(box, wanted = null) {
  const events = [...box.querySelectorAll("[data-event]")];
  const chosen = wanted ?? events.find((event) => event === document.activeElement) ?? events[0];
  for (const event of events) event.tabIndex = event === chosen ? 0 : -1;
  const area = box.querySelector(".ec-main");
  if (events.length) area?.removeAttribute("tabindex");
  else area?.setAttribute("tabindex", "0");
}
