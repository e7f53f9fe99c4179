// The agenda's own bundle, so that only pages with an agenda load the calendar. The list beside it
// says the same and works without any of this.
import "@event-calendar/core/index.css";
import "./agenda.css";
import { startCalendar } from "./agenda/calendar.js";
import { openDrawer } from "./agenda/drawer.js";
import { listenToKeys } from "./agenda/keys.js";
import { keepFresh } from "./agenda/fresh.js";

const box = document.getElementById("agenda");
const isRoomy = window.matchMedia("(min-width: 768px)").matches;
const calendar = box && isRoomy ? startCalendar(box, openDrawer) : null;

listenToKeys(box, openDrawer);
if (box) keepFresh(box, calendar);
