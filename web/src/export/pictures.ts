/** Pages of the print view as pictures: one at a time, or all of them small on one sheet. */

/** Width and height of a page, which has these whatever is around it. */
export function sizeOf(page: HTMLElement): [number, number] {
  return [Number.parseFloat(page.querySelector("section")!.style.width), Number.parseFloat(page.style.height)];
}

/** Put a page into a box of this size, as large as it can be and in the middle. */
export function place(page: HTMLElement, box: HTMLElement, width: number, height: number): void {
  const [w, h] = sizeOf(page);
  const scale = Math.min(width / w, height / h);
  box.style.width = `${width}px`;
  box.style.height = `${height}px`;
  box.style.background = fillOf(page);
  page.classList.add("is-placed");
  page.style.width = `${w}px`;
  page.style.transform = `translate(${(width - w * scale) / 2}px, ${(height - h * scale) / 2}px) scale(${scale})`;
  box.append(page);
}

/** What a page is filled with: the colour of its slide, or else what lies behind all of them. */
function fillOf(page: HTMLElement): string {
  const layers = [".sheet", "section", ".slide-background"].flatMap((layer) => [...page.querySelectorAll(layer)]);
  const colours = layers.map((layer) => getComputedStyle(layer).backgroundColor);
  return colours.find((colour) => colour !== "rgba(0, 0, 0, 0)") ?? page.style.background;
}

const stage = document.createElement("div");
stage.className = "picture";

/** Show one page alone, fitted to this size, in the upper left corner of the window. */
export function frame(pages: readonly HTMLElement[], number: number, width: number, height: number): void {
  document.documentElement.classList.add("is-shot");
  const slides = document.querySelector(".slides")!;
  if (!stage.parentElement) slides.prepend(stage);
  const page = pages[number]!;
  const back = document.createComment("");
  for (const other of pages) other.classList.toggle("is-left-out", other !== page);
  restore();
  page.before(back);
  restore = () => {
    page.classList.remove("is-placed");
    page.style.transform = "";
    back.replaceWith(page);
  };
  place(page, stage, width, height);
}

let restore = (): void => {};

/** All pages in columns, each `width` wide, with its number and title below it; returns the size of the whole. */
export function contactSheet(pages: readonly HTMLElement[], columns: number, width: number, numbers: readonly string[]): [number, number] {
  restore();
  restore = () => {};
  document.documentElement.classList.add("is-shot");
  const sheet = document.createElement("div");
  sheet.className = "contact";
  sheet.style.width = "max-content";
  sheet.style.gridTemplateColumns = `repeat(${Math.min(columns, pages.length)}, ${width}px)`;
  document.querySelector(".slides")!.replaceChildren(sheet);
  pages.forEach((page, number) => {
    const cell = document.createElement("div");
    const box = document.createElement("div");
    const label = document.createElement("p");
    page.classList.remove("is-left-out");
    box.className = "picture";
    const mark = document.createElement("span");
    label.className = "contact-label";
    mark.className = "counter";
    mark.textContent = numbers[number]!;
    label.append(mark, ...page.querySelector(".sheet > header > .title")!.cloneNode(true).childNodes);
    sheet.append(cell);
    cell.append(box, label);
    box.append(page);
    const [w, h] = sizeOf(page);
    place(page, box, width, (width * h) / w);
  });
  return [sheet.offsetWidth, sheet.offsetHeight];
}

interface Description {
  /** Where the title stands, in slide pixels from the page's corner, and how it looks. */
  readonly title: { x: number; y: number; width: number; height: number; size: number; weight: number; colour: string; font: string };
  /** What the slide shows below its title: lines of HTML that hold text and formulas. */
  readonly words: string;
}

/** The title of a page, and what is on it besides. The page is the one that is shown. */
export function describe(page: HTMLElement): Description {
  const title = page.querySelector<HTMLElement>(".sheet > header > .title")!;
  const [box, corner] = [title.getBoundingClientRect(), page.getBoundingClientRect()];
  const style = getComputedStyle(title);
  return {
    title: {
      x: box.x - corner.x,
      y: box.y - corner.y,
      width: box.width,
      height: box.height,
      size: Number.parseFloat(style.fontSize),
      weight: Number(style.fontWeight),
      colour: hex(style.color),
      font: style.fontFamily,
    },
    words: words(page.querySelector(".body")),
  };
}

/** A colour of CSS, in whatever notation, as six digits. */
function hex(colour: string): string {
  const pixel = document.createElement("canvas").getContext("2d")!;
  pixel.fillStyle = colour;
  pixel.fillRect(0, 0, 1, 1);
  return [...pixel.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((part) => part.toString(16).padStart(2, "0")).join("");
}

/** What can be read on the slide, with the descriptions of its pictures in their places. */
function words(element: Element | null): string {
  if (!element) return "";
  const said: string[] = [];
  const say = (text: string): void => {
    const escaped = document.createElement("p");
    escaped.textContent = text.replace(/\s+/g, " ");
    said.push(escaped.innerHTML);
  };
  const read = (node: Node): void => {
    if (node instanceof Text) say(node.data);
    if (node instanceof MathMLElement) said.push(node.outerHTML.replace(/\s+/g, " "));
    if (!(node instanceof Element) || node instanceof MathMLElement || node.matches("script, details, button, .substep-mark")) return;
    const style = getComputedStyle(node);
    if (style.display === "none" || style.visibility === "hidden") return;
    const described = node.getAttribute("role") === "img" || node.matches("img") ? node.getAttribute("aria-label") ?? node.getAttribute("alt") : null;
    if (described) say(` ${described} `);
    else node.childNodes.forEach(read);
    if (style.display !== "inline") said.push("\n");
  };
  read(element);
  return said.join("");
}
