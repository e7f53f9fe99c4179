// A frame to sign in, with a finger, a pen or a mouse. What is drawn goes as an SVG path into a
// hidden field; whoever cannot draw types their name below. See patients/consents.py: only strokes
// of whole points on a sheet of 600 by 200 are taken.
const WIDTH = 600;
const HEIGHT = 200;
const LONGEST = 59000;

function setUp(frame) {
  const sheet = frame.querySelector("svg");
  const path = sheet.querySelector("path");
  const field = document.getElementById(frame.dataset.signature);
  const clear = frame.querySelector("[data-clear]");
  let drawing = field.value;
  let pointer = null;

  function show() {
    path.setAttribute("d", drawing || "M0 0");
    clear.disabled = !drawing;
    frame.classList.toggle("is-signed", Boolean(drawing));
  }

  function at(event) {
    const box = sheet.getBoundingClientRect();
    const x = Math.round(((event.clientX - box.left) / box.width) * WIDTH);
    const y = Math.round(((event.clientY - box.top) / box.height) * HEIGHT);
    return `${Math.min(Math.max(x, 0), WIDTH)} ${Math.min(Math.max(y, 0), HEIGHT)}`;
  }

  sheet.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button > 0 || drawing.length > LONGEST) return;
    event.preventDefault();
    pointer = event.pointerId;
    sheet.setPointerCapture(pointer);
    drawing += `${drawing ? " " : ""}M${at(event)}`;
    drawing += ` L${at(event)}`;
    show();
  });

  sheet.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer || drawing.length > LONGEST) return;
    for (const step of event.getCoalescedEvents?.() ?? [event]) {
      const point = ` L${at(step)}`;
      if (!drawing.endsWith(point)) drawing += point;
    }
    show();
  });

  function lift(event) {
    if (event.pointerId !== pointer) return;
    pointer = null;
    field.value = drawing;
    show();
  }
  sheet.addEventListener("pointerup", lift);
  sheet.addEventListener("pointercancel", lift);

  clear.addEventListener("click", () => {
    drawing = field.value = "";
    show();
  });

  frame.hidden = false;
  show();
}

for (const frame of document.querySelectorAll("[data-signature]")) setUp(frame);
