// Runs the web tests: bundles test/*.test.ts with esbuild and hands them to node's test runner.
// `node test.mjs` runs all, `node test.mjs replay` only those whose file name holds "replay".
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv[2] ?? "";
const tests = readdirSync(join(web, "test")).filter((name) => name.endsWith(".test.ts") && name.includes(wanted));
if (tests.length === 0) {
  console.error(`no web test: no file test/*${wanted}*.test.ts`);
  process.exit(1);
}
// Inside node_modules/ so that packages left out of the bundle are still found, and git does not see it.
const out = mkdtempSync(join(web, "node_modules", ".test-"));
let status = 1;
try {
  await build({
    absWorkingDir: web,
    entryPoints: tests.map((name) => `test/${name}`),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "esm",
    sourcemap: "inline",
    logLevel: "warning",
  });
  const files = tests.map((name) => join(out, name.replace(/\.ts$/, ".mjs")));
  // From the root of the checkout: tests read the golden files by paths from there.
  status = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], { cwd: dirname(web), stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
process.exit(status);
