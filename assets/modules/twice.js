// The second half of a double click is no second decision: where a mark was just set, its row has
// another button by then.
const BLINK = 600; // ms
const NEAR = 8; // px
let last = { at: -BLINK, x: 0, y: 0 };

document.addEventListener("click", (event) => {
  // A key press says 0 clicks; it acts on what has the focus.
  if (!event.detail || !event.target.closest?.(".task-do button")) return;
  const { timeStamp: at, clientX: x, clientY: y } = event;
  const isSame = at - last.at < BLINK && Math.hypot(x - last.x, y - last.y) < NEAR;
  if (isSame) event.preventDefault();
  else last = { at, x, y };
}, true);
