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
  /**
   * Which edge of the slide it leaves, such as "right", or only "right margin"; "footer" for what runs into that,
   * "column" and "box" for what is wider than these, "scroll" for what has to be scrolled.
   */
  readonly edge: string;
  /** By how many slide pixels. */
  readonly px: number;
  /** Whether it is something that is seen, and not just the box around it. */
  readonly ink: boolean;
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

type Side = "left" | "right" | "top" | "bottom";
type Box = Readonly<Record<Side, number>>;
const SIDES: readonly Side[] = ["left", "right", "top", "bottom"];

/** A slide without its margins. */
function withinMargins(sheet: HTMLElement, scale: number): Box {
  const rect = sheet.getBoundingClientRect();
  const style = getComputedStyle(sheet);
  const margin = (side: Side): number => Number.parseFloat(style.getPropertyValue(`padding-${side}`)) * scale;
  return {
    left: rect.left + margin("left"),
    right: rect.right - margin("right"),
    top: rect.top + margin("top"),
    bottom: rect.bottom - margin("bottom"),
  };
}

/** How far a rectangle leaves a box on one side. */
function beyond(rect: Box, box: Box, side: Side): number {
  return side === "left" || side === "top" ? box[side] - rect[side] : rect[side] - box[side];
}

/** The part of a rectangle that is seen through another. */
function within(rect: Box, opening: Box): Box {
  const { max, min } = Math;
  return {
    left: max(rect.left, opening.left),
    right: min(rect.right, opening.right),
    top: max(rect.top, opening.top),
    bottom: min(rect.bottom, opening.bottom),
  };
}

/** What is seen of an element itself: its own text, a picture, a formula, a plot. The rest of it is a box for others. */
function inkOf(element: Element): DOMRect[] {
  if (element.matches("img, video, canvas, svg, svg *, math, .plot, input, button")) {
    return [element.getBoundingClientRect()];
  }
  const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim());
  return texts.map((text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    return range.getBoundingClientRect();
  });
}

/** Whether an element is a coloured box that holds text, such as a card; not a word that is marked. */
function isFilled(element: Element): boolean {
  const { backgroundColor, display } = getComputedStyle(element);
  return display !== "inline" && !/^(transparent|rgba\(.*, 0\))$/.test(backgroundColor);
}

/** The innermost box that a text stands in, within its block. */
function boxAround(element: Element, block: Element): Element | null {
  for (let outer: Element | null = element; outer && block.contains(outer); outer = outer.parentElement) {
    if (isFilled(outer)) return outer;
  }
  return null;
}

function overflow(id: string | null): Overflow[] {
  const slide = slideOf(id);
  const sheet = slide.querySelector<HTMLElement>(".sheet")!;
  const scale = sheet.getBoundingClientRect().width / sheet.offsetWidth;
  const page = (slide.closest(".pdf-page") ?? sheet).getBoundingClientRect();
  const content = withinMargins(sheet, scale);
  const footer = sheet.querySelector(":scope > footer")?.getBoundingClientRect().top ?? Infinity;
  const blocks = blocksOf(slide);
  const found = new Map<string, Overflow>();
  /** Elements that show a part of what is in them, and everything in these → what that is seen through. */
  const openings = new Map<Element, DOMRect>();

  for (const element of sheet.querySelectorAll("*")) {
    if (element.matches("noscript, script") || !element.getClientRects().length) continue;
    if (element.parentElement!.closest(".plot, noscript, math")) continue;
    const rect = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const outer = openings.get(element.parentElement!);
    const through = outer ?? (style.overflowX === "visible" ? null : rect);
    if (through) openings.set(element, through);
    if ((through || style.position === "absolute") && (through ?? rect).width <= 1) continue; // for screen readers only
    const block = numberOf(element, blocks);
    const note = (edge: string, pixels: number, ink: boolean): boolean => {
      const px = Math.round(pixels / scale);
      const key = `${block} ${edge} ${ink}`;
      if (pixels / scale > TOLERANCE) found.set(key, { block, edge, ink, px: Math.max(px, found.get(key)?.px ?? 0) });
      return pixels / scale > TOLERANCE;
    };
    if (/auto|scroll/.test(style.overflowX)) note("scroll", (element.scrollWidth - element.clientWidth) * scale, true);
    if (/auto|scroll/.test(style.overflowY)) note("scroll", (element.scrollHeight - element.clientHeight) * scale, true);
    const inBody = element.closest(".body") !== null;
    const hasMargins = element.closest(".body, header") !== null && !element.matches("svg *");
    const leaves = (one: Box, ink: boolean): void => {
      for (const side of SIDES) {
        // Above the first line stands nothing but what a font keeps free for accents.
        if (note(side, beyond(one, page, side), ink) || !ink || !hasMargins || side === "top") continue;
        note(`${side} margin`, beyond(one, content, side), ink);
      }
      if (inBody && one.bottom <= page.bottom) note("footer", one.bottom - footer, ink);
    };
    if (!outer) leaves(rect, false);
    const column = element.closest(".column")?.getBoundingClientRect();
    const filled = block !== null && !element.matches("svg *") ? boxAround(element, blocks[block]!) : null;
    for (const whole of inkOf(element)) {
      const ink = through ? within(whole, through) : whole;
      leaves(ink, true);
      if (column) note("column", Math.max(beyond(ink, column, "left"), beyond(ink, column, "right")), true);
      if (filled) note("box", beyond(ink, filled.getBoundingClientRect(), "right"), true);
    }
  }
  return toBlame([...found.values()], blocks);
}

/** Of what leaves an edge, that for which it does: what is seen, not the boxes that it drags along, and innermost. */
function toBlame(faults: readonly Overflow[], blocks: readonly Element[]): Overflow[] {
  const isDragged = (one: Overflow): boolean => !one.ink && faults.some(({ edge, ink }) => ink && edge === one.edge);
  const isInner = (one: Overflow, other: Overflow): boolean =>
    one.block !== null &&
    other.block !== null &&
    one.block !== other.block &&
    one.edge === other.edge &&
    other.px >= one.px - 1 &&
    blocks[one.block]!.contains(blocks[other.block]!);
  const left = faults.filter((one) => !isDragged(one));
  return left.filter((one) => !left.some((other) => isInner(one, other)));
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

/** Nothing is drawn on a plot that is lower than this, in slide pixels. */
const LOWEST = 40;

/** Whether nobody could see what moves on a plot with so large an area. */
function isSliver(width: number, height: number): boolean {
  return width * height < 220 * 140 || Math.min(width, height) < 90;
}

/** Plots that are missing, not of the size of their place, or too small to be played with. */
function plots(id: string | null): (Fault & { readonly text: string; readonly small?: boolean })[] {
  const slide = slideOf(id);
  const blocks = blocksOf(slide);
  return plotsOf(slide).flatMap((plot) => {
    const drawn = plot.querySelector<SVGSVGElement>(".main-svg");
    const block = numberOf(plot, blocks);
    const squeezed = (w: number, h: number) => [
      { block, text: `squeezed to ${Math.round(w)} × ${Math.round(h)} px`, small: true },
    ];
    if (plot.clientHeight < LOWEST) return squeezed(plot.clientWidth, plot.clientHeight);
    if (drawn === null) return plot.querySelector("canvas") ? [] : [{ block, text: "missing" }];
    if (Math.abs(plot.clientWidth - drawn.width.baseVal.value) > 1) return [{ block, text: "not as wide as its place" }];
    const drawing = plot.querySelector(".js-plotly-plot") as { _fullLayout?: { _size: { w: number; h: number } } } | null;
    const area = drawing?._fullLayout?._size;
    const canBePlayedWith = plot.closest("[data-block]:not(.figure)") !== null && slide.clientWidth > slide.clientHeight;
    return area && canBePlayedWith && isSliver(area.w, area.h) ? squeezed(area.w, area.h) : [];
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
const BLIND_TO_MATH = ["button-name", "empty-heading", "empty-table-header"];

/** What the author of a heading that skips a rank should write. In Markdown, ## is an h3: the title is the h2. */
function headingHint(heading: Element, slide: Element): string | null {
  const headings = [...slide.querySelectorAll("h1, h2, h3, h4, h5, h6")];
  const rank = (one: Element | undefined): number => Number(one?.tagName[1] ?? 2);
  const [before, own] = [rank(headings[headings.indexOf(heading) - 1]), rank(heading)];
  if (heading.closest(".prose") === null || before < 2) return null;
  return `write ${"#".repeat(before)} in place of ${"#".repeat(own - 1)}`;
}

/**
 * Leaves one slide in the page while `work` goes on. axe reads the whole page each time, and what reveal lays over the
 * slides, unseen until it is needed, keeps it from telling what stands behind a text.
 */
async function alone<T>(slide: Element, work: () => Promise<T>): Promise<T> {
  const others = [...document.querySelectorAll(".reveal > :not(.slides, .backgrounds), .slides section")].filter(
    (element) => element.parentElement!.contains(slide) && !element.contains(slide) && !slide.contains(element),
  );
  const marks = others.map((element) => {
    const mark = document.createComment("");
    element.replaceWith(mark);
    return mark;
  });
  try {
    return await work();
  } finally {
    marks.forEach((mark, index) => mark.replaceWith(others[index]!));
  }
}

/** What the rules of axe say of a slide that is shown, or, without one, of the page. */
async function rules(id: string | null): Promise<Violation[]> {
  const slide = id === null ? null : slideOf(id);
  const disabled = Object.fromEntries(NOT_SLIDE.map((rule) => [rule, { enabled: false }]));
  const { violations } = slide
    ? await alone(slide, () => axe.run(slide, { runOnly: SLIDE, rules: disabled, resultTypes: ["violations"], elementRef: true }))
    : await axe.run(document, { runOnly: { type: "rule", values: PAGE }, resultTypes: ["violations"], elementRef: true });
  const blocks = slide ? blocksOf(slide) : [];
  return violations.flatMap(({ id: rule, help, nodes }) =>
    nodes.flatMap((node) => {
      const element = node.element ?? null;
      if (BLIND_TO_MATH.includes(rule) && element?.querySelector("math")) return [];
      if (rule === "empty-table-header" && element?.closest(".table, .prose")) return []; // told without a browser, too
      const said = [...node.any, ...node.all, ...node.none][0]?.message ?? node.html.slice(0, 120);
      const why = (rule === "heading-order" && slide && element ? headingHint(element, slide) : null) ?? said;
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
