/**
 * What `bpslides check --browser` asks of a page; no page carries it, the browser is given it by the check.
 *
 * Blocks are told by their number among those of their slide, in the order of the document; null is the header, the
 * footer, or the page itself.
 */
import axe from "axe-core";

interface Fault {
  readonly block: number | null;
}

interface Overflow extends Fault {
  /** Which edge of the slide it leaves, "footer" for what runs into that, "scroll" for what has to be scrolled. */
  readonly edge: string;
  /** By how many slide pixels. */
  readonly px: number;
}

interface Violation extends Fault {
  readonly rule: string;
  readonly help: string;
  readonly why: string;
}

/** What a slide may stick out without anybody seeing it. */
const TOLERANCE = 1.5;
/** How long a plot may take, in milliseconds. */
const PATIENCE = 5000;

/** A slide by its id, or the one that is shown. */
function slideOf(id: string | null): HTMLElement {
  return id === null ? window.Reveal.getCurrentSlide() : document.getElementById(id)!;
}

function blocksOf(slide: HTMLElement): Element[] {
  return [...slide.querySelectorAll(".block")];
}

function numberOf(element: Element | null | undefined, blocks: readonly Element[]): number | null {
  const number = blocks.indexOf(element?.closest(".block") as Element);
  return number < 0 ? null : number;
}

/** The plots of a slide that have a place on it now; a drawing made beforehand needs no script and is none of them. */
function plotsOf(slide: HTMLElement): HTMLElement[] {
  return [...slide.querySelectorAll<HTMLElement>("[data-block] .plot:not(.drawn)")].filter((plot) => plot.clientWidth > 0);
}

function overflow(id: string | null): Overflow[] {
  const slide = slideOf(id);
  const sheet = slide.querySelector<HTMLElement>(".sheet")!;
  const box = (slide.closest(".pdf-page") ?? sheet).getBoundingClientRect();
  const scale = sheet.getBoundingClientRect().width / sheet.offsetWidth;
  const footer = sheet.querySelector(":scope > footer")?.getBoundingClientRect().top ?? Infinity;
  const blocks = blocksOf(slide);
  const found = new Map<string, Overflow>();
  /** Elements that show a part of what is in them, and everything in these: it cannot leave the slide. */
  const clipped = new Set<Element>();

  for (const element of sheet.querySelectorAll("*")) {
    if (element.closest(".plot, noscript, script, math") || !element.getClientRects().length) continue;
    const rect = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (style.overflowX !== "visible" || clipped.has(element.parentElement!)) clipped.add(element);
    if (style.position === "absolute" && rect.width <= 1) continue; // for screen readers only
    const block = numberOf(element, blocks);
    const note = (edge: string, pixels: number): void => {
      const px = Math.max(Math.round(pixels), found.get(`${block} ${edge}`)?.px ?? 0);
      if (pixels > TOLERANCE) found.set(`${block} ${edge}`, { block, edge, px });
    };
    if (/auto|scroll/.test(style.overflowX)) note("scroll", element.scrollWidth - element.clientWidth);
    if (/auto|scroll/.test(style.overflowY)) note("scroll", element.scrollHeight - element.clientHeight);
    if (clipped.has(element.parentElement!)) continue;
    note("left", (box.left - rect.left) / scale);
    note("right", (rect.right - box.right) / scale);
    note("top", (box.top - rect.top) / scale);
    note("bottom", (rect.bottom - box.bottom) / scale);
    if (element.closest(".body") && rect.bottom <= box.bottom) note("footer", (rect.bottom - footer) / scale);
  }
  const faults = [...found.values()];
  // A block is not to blame for what another one within it does.
  const isInner = (one: Overflow, other: Overflow): boolean =>
    one.block !== null &&
    other.block !== null &&
    one.block !== other.block &&
    one.edge === other.edge &&
    other.px >= one.px - 1 &&
    blocks[one.block]!.contains(blocks[other.block]!);
  return faults.filter((one) => !faults.some((other) => isInner(one, other)));
}

/** Waits for two frames, and for the plots of the slide. */
function settle(id: string | null): Promise<void> {
  const plots = plotsOf(slideOf(id));
  const end = performance.now() + PATIENCE;
  return new Promise((resolve) => {
    const wait = (): void => {
      const done = plots.every((plot) => plot.querySelector(".main-svg, canvas")) || performance.now() > end;
      requestAnimationFrame(done ? () => resolve() : wait);
    };
    requestAnimationFrame(wait);
  });
}

/** Plots that are missing, or not of the size of their place. */
function plots(id: string | null): (Fault & { readonly text: string })[] {
  const slide = slideOf(id);
  const blocks = blocksOf(slide);
  return plotsOf(slide).flatMap((plot) => {
    const drawn = plot.querySelector<SVGSVGElement>(".main-svg");
    const block = numberOf(plot, blocks);
    if (drawn === null) return plot.querySelector("canvas") ? [] : [{ block, text: "missing" }];
    const fits = Math.abs(plot.clientWidth - drawn.width.baseVal.value) <= 1;
    return fits ? [] : [{ block, text: "not as wide as its place" }];
  });
}

/** Rules about the page around the slides. */
const PAGE = [
  "bypass",
  "document-title",
  "html-has-lang",
  "html-lang-valid",
  "landmark-one-main",
  "meta-refresh",
  "meta-viewport",
];
const SLIDE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** A slide is no page: these ask for a page's one heading of the first rank, and for its landmarks. */
const NOT_SLIDE = ["page-has-heading-one", "region", ...PAGE];
/** axe does not read MathML yet (its issue 3285), so it takes a formula alone for nothing. */
const BLIND_TO_MATH = ["empty-heading", "empty-table-header"];

/** What the rules of axe say of a slide that is shown, or, without one, of the page. */
async function rules(id: string | null): Promise<Violation[]> {
  const slide = id === null ? null : slideOf(id);
  const disabled = Object.fromEntries(NOT_SLIDE.map((rule) => [rule, { enabled: false }]));
  const options: axe.RunOptions = slide
    ? { runOnly: SLIDE, rules: disabled, resultTypes: ["violations"] }
    : { runOnly: { type: "rule", values: PAGE }, resultTypes: ["violations"] };
  // What reveal lays over the slides, unseen until it is needed, keeps axe from telling what stands behind a text.
  const furniture = [...document.querySelectorAll<HTMLElement>(".reveal > :not(.slides, .backgrounds)")];
  const before = furniture.map((element) => element.style.display);
  if (slide) for (const element of furniture) element.style.display = "none";
  const { violations } = await axe.run(slide ?? document, options);
  furniture.forEach((element, index) => {
    element.style.display = before[index]!;
  });
  const blocks = slide ? blocksOf(slide) : [];
  return violations.flatMap(({ id: rule, help, nodes }) =>
    nodes.flatMap((node) => {
      const element = document.querySelector(String(node.target.at(-1)));
      if (BLIND_TO_MATH.includes(rule) && element?.querySelector("math")) return [];
      const why = [...node.any, ...node.all, ...node.none][0]?.message ?? node.html.slice(0, 120);
      return [{ block: numberOf(element, blocks), rule, help, why }];
    }),
  );
}

declare global {
  interface Window {
    looks: Record<string, (id: string | null) => unknown>;
  }
}

window.looks = { overflow, settle, plots, rules };
