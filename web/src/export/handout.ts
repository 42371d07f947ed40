/** Several slides on a sheet of paper, with notes or with lines to write on. */
import { place, sizeOf } from "./pictures";

export interface Handout {
  /** The sheet: width, height and margin in pixels. */
  readonly paper: readonly [number, number];
  readonly margin: number;
  readonly rows: number;
  readonly columns: number;
  /** The most that a slide may take of its place, in pixels. */
  readonly picture: readonly [number, number];
  /** Whether what is said stands beside the slide, or below it. */
  readonly beside: boolean;
  /** Slide → its notes as HTML, cleaned. */
  readonly notes: Readonly<Record<string, string>>;
  /** Whether there are lines where there are no notes. */
  readonly lines: boolean;
  /** Whether every slide begins a new sheet. */
  readonly apart: boolean;
  readonly title: string;
}

const LINE = 34;
const GAP = 24;

export function handOut(pages: readonly HTMLElement[], handout: Handout): void {
  const [width, height] = handout.paper;
  const inner = height - 2 * handout.margin - 1; // rounding must not push the last row to the next sheet
  document.documentElement.classList.add("is-handout");
  document.body.style.width = `${width - 2 * handout.margin}px`;
  document.body.style.height = "auto";
  const sheet = new CSSStyleSheet();
  const small = `font: 12px ${getComputedStyle(document.querySelector(".slides")!).fontFamily}; color: #4c525c;`;
  sheet.replaceSync(
    `@page { size: ${width}px ${height}px; margin: ${handout.margin}px;` +
      ` @bottom-left { content: ${quoted(handout.title)}; ${small} } @bottom-right { content: counter(page) " / " counter(pages); ${small} } }`,
  );
  document.adoptedStyleSheets.push(sheet);
  const root = document.createElement("div");
  root.className = "handout";
  for (let first = 0; first < pages.length; first += handout.columns) {
    const row = document.createElement("div");
    row.className = `handout-row${handout.apart ? " is-page" : ""}`;
    row.style.minHeight = `${Math.floor(inner / handout.rows)}px`;
    root.append(row);
  }
  document.querySelector(".slides")!.prepend(root);
  pages.forEach((page, number) => fill(root.children[Math.floor(number / handout.columns)] as HTMLElement, page, handout, inner));
  const last = root.lastElementChild!;
  while (last.children.length < handout.columns) last.append(box("handout-cell"));
}

function fill(row: HTMLElement, page: HTMLElement, handout: Handout, inner: number): void {
  const cell = box(`handout-cell${handout.beside ? " is-beside" : ""}`);
  const picture = box("picture");
  const said = box("handout-said");
  row.append(cell);
  cell.append(picture, said);
  picture.append(page);
  const [most, highest] = handout.picture;
  const [width, height] = sizeOf(page);
  const scale = Math.min(most / width, highest / height);
  const high = height * scale;
  place(page, picture, width * scale, high);
  const [id, step] = page.querySelector("section")!.id.split(":") as [string, string?];
  const isLast = step === "last" || !document.getElementById(`${id}:last`);
  const notes = isLast && handout.notes[id];
  if (notes) said.innerHTML = notes;
  else if (handout.lines) {
    const room = Math.floor(inner / handout.rows) - GAP - (handout.beside ? 0 : high);
    for (let lines = Math.floor(room / LINE); lines > 0; lines--) said.append(box("handout-line"));
  }
}

function box(className: string): HTMLElement {
  const element = document.createElement("div");
  element.className = className;
  return element;
}

/** A text as a string of CSS. */
function quoted(text: string): string {
  return `"${text.replace(/["\\\n\r]/g, (character) => `\\${character.codePointAt(0)!.toString(16)} `)}"`;
}
