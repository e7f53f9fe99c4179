// What every page loads. Each import of Bootstrap is a part that markup alone switches on.
import "bootstrap/js/dist/alert";
import "bootstrap/js/dist/collapse";
import "bootstrap/js/dist/dropdown";
import "bootstrap/js/dist/modal";
import "bootstrap/js/dist/offcanvas";
import "bootstrap/js/dist/tab";
import "./modules/focus.js";
import "./modules/keys.js";
import "./modules/menus.js";
import "./modules/quotes.js";
import "./modules/record.js";
import "./modules/search.js";
import "./modules/signature.js";
import "./modules/toasts.js";
import "./modules/twice.js";
import "./modules/zone.js";
import "./series.js";
