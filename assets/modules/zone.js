// Times are the clinic's; where the reader's clock shows another hour, the page says so.
const note = document.querySelector("[data-clinic-zone]");

if (note) {
  const hour = (timeZone) =>
    new Intl.DateTimeFormat("fr", { timeZone, dateStyle: "short", timeStyle: "short" }).format(new Date());
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  note.hidden = hour(own) === hour(note.dataset.clinicZone);
}
