// On a phone the parts of a record do not all fit: the one shown is brought into sight.
const here = document.querySelector(".tabs [aria-current]");
const row = here?.parentElement;
if (row) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
