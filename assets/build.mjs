// Bundles assets/ into build/static under fixed names; `make assets` runs it when a source changed.
// Everything goes through the bundler: a copied dist file would name a source map that is not there.
import { build } from "esbuild";

await build({
  entryPoints: [
    "assets/app.js", "assets/app.css", "assets/agenda.js",
    "assets/patient.js", "assets/patient.css", "assets/leaflet.css",
  ],
  outdir: "build/static",
  entryNames: "[name]",
  assetNames: "fonts/[name]",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome109", "firefox115", "safari16"],
  loader: { ".woff": "file", ".woff2": "file", ".svg": "file" },
  legalComments: "linked",
  logLevel: "warning",
});
