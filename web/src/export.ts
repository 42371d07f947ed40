/**
 * What `bpslides pdf`, `png` and `pptx` do with a deck in its print view; no page carries it, the browser is given it by
 * the export. First `arrange` makes the pages, a page a slide or a page a step, then they are printed, laid out on
 * paper, or shown one by one for their pictures.
 */
import { type Handout, handOut } from "./export/handout";
import { expand } from "./export/steps";
import style from "./style/export.css";
import { contactSheet, describe, frame, place } from "./export/pictures";

interface Wanted {
  /** The ids of the slides to be printed, in the order of the deck. */
  readonly slides: readonly string[];
  /** Whether there is a page for every fragment, and for every step of the walks and of code. */
  readonly fragments: boolean;
  readonly steps: boolean;
  /** Width and height of the pages, where they are not the slides' own. */
  readonly size: readonly [number, number] | null;
  readonly handout: Handout | null;
  /** Whether exercises show their answers. */
  readonly solutions: boolean;
}

let pages: HTMLElement[] = [];

/** Make the pages; returns how many slides or steps of slides they show. */
function arrange(wanted: Wanted): number {
  adopt(style);
  document.documentElement.classList.toggle("with-solutions", wanted.solutions);
  document.documentElement.classList.toggle("with-steps", wanted.steps);
  // What reveal hides from screen readers, tagged PDFs would leave out.
  for (const section of document.querySelectorAll(".slides section")) {
    section.removeAttribute("hidden");
    section.removeAttribute("aria-hidden");
  }
  // A PDF makes bookmarks of its headings; those within the slides would bury their titles.
  for (const heading of document.querySelectorAll(".body :is(h1, h2, h3, h4, h5, h6)")) heading.setAttribute("role", "paragraph");
  for (const page of document.querySelectorAll<HTMLElement>(".pdf-page")) {
    if (wanted.slides.includes(page.querySelector("section")!.id)) pages.push(...expand(page, wanted));
    else page.remove();
  }
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[href]")) aim(link);
  if (wanted.handout) handOut(pages, wanted.handout);
  else if (wanted.size) onSheets(...wanted.size);
  return pages.length;
}

/** A link leads to a page of this document or to an address of the network; else it is none any more. */
function aim(link: HTMLAnchorElement): void {
  const [, id] = /^#\/?([^/]+)/.exec(link.getAttribute("href")!) ?? [];
  if (id !== undefined && document.getElementById(id)) link.setAttribute("href", `#${id}`);
  else if (link.origin === location.origin) link.removeAttribute("href");
}

/** Pages of another size: each holds its slide as large as it can be, on the colour that is around the slides. */
function onSheets(width: number, height: number): void {
  adopt(`@page { size: ${width}px ${height}px; margin: 0; }`);
  document.body.style.width = `${width}px`;
  for (const page of pages) {
    const sheet = document.createElement("div");
    sheet.className = "sheet-of-paper";
    page.before(sheet);
    place(page, sheet, width, height);
  }
}

/** Style sheets that a script makes are not what the page's policy is about: they load nothing. */
function adopt(text: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets.push(sheet);
}

/** How many plots there are, and how many of them have been drawn. */
function progress(): [number, number] {
  const plots = [...document.querySelectorAll<HTMLElement>("[data-block] .plot:not(.drawn)")].filter((plot) => plot.clientWidth > 0);
  return [plots.filter((plot) => plot.querySelector(".main-svg, canvas")).length, plots.length];
}

/** The slides with plots that could not be drawn. */
function missing(): string[] {
  const plots = [...document.querySelectorAll<HTMLElement>("[data-block] .plot:not(.drawn)")].filter((plot) => plot.clientWidth > 0);
  const faulty = plots.filter((plot) => !plot.querySelector(".main-svg, canvas"));
  return [...new Set(faulty.map((plot) => plot.closest("section")!.id))];
}

const press = {
  arrange,
  progress,
  missing,
  frame: (number: number, width: number, height: number) => frame(pages, number, width, height),
  contactSheet: (columns: number, width: number, numbers: readonly string[]) => contactSheet(pages, columns, width, numbers),
  describe: (number: number) => describe(pages[number]!),
};

declare global {
  interface Window {
    press: typeof press;
  }
}

window.press = press;
