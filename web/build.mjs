// Bundles the browser runtime: `node build.mjs OUTPUT_FOLDER`.
// Scripts and styles by esbuild; icons, fonts and the licences of all that is bundled are taken from the npm packages.
import { build } from "esbuild";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const web = dirname(fileURLToPath(import.meta.url));
const modules = join(web, "node_modules");

/** File in the package → name in OUTPUT/fonts. The build hook turns WOFF2 into TTF. */
const FONTS = {
  "inter-ui/variable/InterVariable.woff2": "InterVariable.woff2",
  "@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2": "STIXTwoMath-Regular.woff2",
  "@expo-google-fonts/jetbrains-mono/400Regular/JetBrainsMono_400Regular.ttf": "JetBrainsMono.ttf",
  "@expo-google-fonts/jetbrains-mono/800ExtraBold/JetBrainsMono_800ExtraBold.ttf": "JetBrainsMono-ExtraBold.ttf",
  "@expo-google-fonts/stix-two-text/400Regular/STIXTwoText_400Regular.ttf": "STIXTwoText-Regular.ttf",
  "@expo-google-fonts/stix-two-text/400Regular_Italic/STIXTwoText_400Regular_Italic.ttf": "STIXTwoText-Italic.ttf",
  "@expo-google-fonts/stix-two-text/700Bold/STIXTwoText_700Bold.ttf": "STIXTwoText-Bold.ttf",
};

const common = {
  absWorkingDir: web,
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none", // licenses.txt holds the full texts
  logLevel: "warning",
  metafile: true,
  target: "es2022",
};

/**
 * Reveal from its sources, without what our pages never use: each part is 2 to 13 kB of what every deck carries. The
 * stand-ins have the methods that the rest of reveal calls.
 */
const PARTS_OF_REVEAL = {
  "controllers/scrollview": `export default class {
    isActive() { return false; } activate() {} deactivate() {} toggle() {} layout() {} next() {} prev() {}
  }`,
  "controllers/autoanimate": "export default class { run() {} reset() {} }",
  "components/playback": "export default class { on() {} setPlaying() {} destroy() {} }",
  "controllers/notes": `export default class {
    render() {} configure() {} update() {} updateVisibility() {} destroy() {} isSpeakerNotesWindow() { return false; } getSlideNotes() { return null; }
  }`,
  fitty: "export default () => {};",
};
const leanReveal = {
  name: "lean-reveal",
  setup(build) {
    build.onResolve({ filter: /^reveal\.js$/ }, () => ({ path: join(modules, "reveal.js/js/reveal.js") }));
    for (const [part, source] of Object.entries(PARTS_OF_REVEAL)) {
      build.onResolve({ filter: new RegExp(`(^|/)${part}$`) }, () => ({ path: part, namespace: "stand-in" }));
      build.onLoad({ filter: new RegExp(`^${part}$`), namespace: "stand-in" }, () => ({ contents: source }));
    }
  },
};

/**
 * What our pages never show: reveal's scroll view, players, previews, notes, texts from right to left, rolling links,
 * parallax, effects of fragments, and transitions that a deck cannot ask for.
 */
const UNUSED_SELECTORS = new RegExp(
  [
    /reveal-scroll|scrollbar|\.playback|r-overlay-(spinner|preview|external)|\.speaker-notes|\.rtl|\.roll\b|parallax|\.hljs|pre code/,
    /\.fragment\.(?!visible|current-fragment|custom|disabled)|\[data-auto-animate/,
    /\[data-transition[~=]|\[data-background-transition=(slide|convex|concave|zoom)\]/,
    /\.reveal\.(linear|default|cube|page)\b/,
  ]
    .map((part) => part.source)
    .join("|"),
);

/** Reveal's sheet without the rules that only such selectors lead to. */
const leanSheet = {
  name: "lean-sheet",
  setup(build) {
    build.onLoad({ filter: /reveal\.js[\\/]dist[\\/]reveal\.css$/ }, async ({ path }) => {
      const css = await readFile(path, "utf8");
      const contents = css.replace(/([^{};]+)(\{[^{}]*\})/g, (rule, selectors, body) => {
        const kept = selectors.split(/,(?![^(]*\))/).filter((selector) => !UNUSED_SELECTORS.test(selector));
        return kept.length > 0 ? kept.join(",") + body : "";
      });
      return { contents, loader: "css" };
    });
  },
};

/** Families of live blocks that a deck may do without, with their style sheets. */
const FAMILIES = { practice: ["practice"], training: ["training"], walks: ["walk", "chain"] };

/** Every set of families: its part of the file names, such as "-practice-walks", what to define, and what to leave out. */
function selections() {
  const names = Object.keys(FAMILIES);
  return [...Array(2 ** names.length).keys()].map((bits) => {
    const has = (name) => (bits & (1 << names.indexOf(name))) > 0;
    return {
      suffix: names.filter(has).map((name) => `-${name}`).join(""),
      define: Object.fromEntries(names.map((name) => [name.toUpperCase(), String(has(name))])),
      without: names.filter((name) => !has(name)).flatMap((name) => FAMILIES[name]),
    };
  });
}

/** Leaves style sheets of ours out. */
function withoutSheets(sheets) {
  const filter = new RegExp(`style[\\\\/](${sheets.join("|")})\\.css$`);
  return { name: "without-sheets", setup: (build) => void build.onLoad({ filter }, () => ({ contents: "", loader: "css" })) };
}

/** Builds all bundles and returns every file of which something is in one. */
async function bundle(out) {
  const script = { ...common, format: "iife" };
  const runtime = { ...script, entryPoints: ["src/main.ts"], plugins: [leanReveal] };
  const results = await Promise.all([
    ...selections().flatMap(({ suffix, define, without }) => [
      build({ ...runtime, outfile: join(out, `deck${suffix}.js`), define }),
      build({
        ...{ ...common, entryPoints: ["src/style/base.css"], outfile: join(out, `base${suffix}.css`) },
        plugins: [leanSheet, ...(without.length > 0 ? [withoutSheets(without)] : [])],
      }),
    ]),
    build({ ...script, entryPoints: ["src/wake.ts"], outfile: join(out, "wake.js") }),
    build({ ...script, entryPoints: ["src/speaker.ts"], outfile: join(out, "speaker.js") }),
    // No page carries this one, so it may keep the notice that the licence of axe asks for.
    build({ ...script, entryPoints: ["src/check.ts"], outfile: join(out, "check.js"), legalComments: "inline" }),
    build({ ...script, entryPoints: ["src/export.ts"], outfile: join(out, "export.js"), loader: { ".css": "text" } }),
    build({
      ...script,
      entryPoints: ["src/plotly.ts"],
      outfile: join(out, "plotly.js"),
      // plotly.js is written for a bundler that provides node's globals and streams.
      define: { global: "window", "process.env.NODE_DEBUG": "false" },
      alias: { stream: "stream-browserify" },
      loader: { ".css": "empty" }, // the style of its maps, which we leave out
    }),
    build({ ...common, entryPoints: ["src/style/shelf.css"], outfile: join(out, "shelf.css") }),
  ]);
  const parts = results.flatMap((result) => Object.values(result.metafile.outputs)).flatMap((output) => Object.entries(output.inputs));
  return parts.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
}

function attribute([name, value]) {
  return ` ${name}="${value}"`;
}

/** icons.json: icon name → the markup inside a 24×24 stroke icon's <svg>. */
async function icons(out) {
  const nodes = JSON.parse(await readFile(join(modules, "lucide-static/icon-nodes.json"), "utf8"));
  const markup = {};
  for (const [name, shapes] of Object.entries(nodes)) {
    markup[name] = shapes.map(([tag, given]) => `<${tag}${Object.entries(given).map(attribute).join("")}/>`).join("");
  }
  await writeFile(join(out, "icons.json"), JSON.stringify(markup));
}

/** plotly.js.gz and deck*.js.gz: what a single-file deck carries. Packed here once, and not by every build of a deck. */
async function pack(out) {
  for (const name of ["plotly", ...selections().map(({ suffix }) => `deck${suffix}`)]) {
    const script = await readFile(join(out, `${name}.js`));
    await writeFile(join(out, `${name}.js.gz`), gzipSync(script, { level: 9 }));
  }
}

/** tokens.css as it was written: Python reads from it what a theme does not set. */
async function tokens(out) {
  await copyFile(join(web, "src/style/tokens.css"), join(out, "tokens.css"));
}

async function fonts(out) {
  await mkdir(join(out, "fonts"), { recursive: true });
  for (const [file, name] of Object.entries(FONTS)) {
    await copyFile(join(modules, file), join(out, "fonts", name));
  }
}

/** The package that a file under node_modules belongs to, or null: the deepest one where packages are nested. */
function packageOf(path) {
  const start = path.lastIndexOf("node_modules/");
  if (start < 0) return null;
  const parts = path.slice(start + "node_modules/".length).split("/");
  return path.slice(0, start) + "node_modules/" + parts.slice(0, parts[0].startsWith("@") ? 2 : 1).join("/");
}

/** licenses.txt: name, version and licence text of every package of which something is in the output. */
async function licenses(out, inputs) {
  const extra = [...Object.keys(FONTS), "lucide-static/icon-nodes.json"].map((file) => `node_modules/${file}`);
  const packages = [...new Set([...inputs, ...extra].map(packageOf))].filter((name) => name !== null).sort();
  const chapters = [];
  for (const folder of packages) {
    const { name, version, license } = JSON.parse(await readFile(join(web, folder, "package.json"), "utf8"));
    const files = (await readdir(join(web, folder))).filter((file) => /^(licen[cs]e|copying|notice|ofl)/i.test(file)).sort();
    const texts = await Promise.all(files.map((file) => readFile(join(web, folder, file), "utf8")));
    chapters.push([`${name} ${version} (${license ?? "see below"})`, ...texts.map((text) => text.trim())].join("\n\n"));
  }
  await writeFile(join(out, "licenses.txt"), chapters.join(`\n\n${"-".repeat(80)}\n\n`) + "\n");
}

const target = process.argv[2];
if (target === undefined) {
  console.error("usage: node build.mjs OUTPUT_FOLDER");
  process.exit(2);
}
const out = resolve(target);
await mkdir(out, { recursive: true });
const inputs = await bundle(out).catch(() => process.exit(1)); // esbuild has already printed what is wrong, and where
await Promise.all([pack(out), icons(out), tokens(out), fonts(out), licenses(out, inputs)]);
