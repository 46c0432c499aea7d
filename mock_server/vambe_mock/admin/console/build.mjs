// Builds assets/ from source/: `make console`. With a folder as argument, builds into that instead.
import { build } from "esbuild";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

await build({
  absWorkingDir: here,
  entryPoints: { console: "source/main.js" },
  outdir: resolve(process.argv[2] ?? join(here, "assets")),
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "inline",
  charset: "utf8",
  logLevel: "warning",
});
