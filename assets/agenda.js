// The agenda's own bundle, so that only the agenda's page loads the calendar.
import "@event-calendar/core/index.css";
import { createCalendar, destroyCalendar, Interaction, ResourceTimeGrid, TimeGrid } from "@event-calendar/core";

export { createCalendar, destroyCalendar, Interaction, ResourceTimeGrid, TimeGrid };
