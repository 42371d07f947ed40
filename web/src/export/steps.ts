/** A slide in the print view as several pages, one for each of its steps. */

export interface Steps {
  readonly fragments: boolean;
  readonly steps: boolean;
}

/** The pages that a slide becomes, in their order; the last one is the page itself, which shows everything. */
export function expand(page: HTMLElement, { fragments, steps }: Steps): HTMLElement[] {
  const groups = fragmentGroups(page);
  const isMark = (group: readonly Element[]): boolean => group.every((part) => part.matches(".substep-mark"));
  const turns = groups.flatMap((group, index) => ((isMark(group) ? steps : fragments) ? [index] : []));
  if (turns.length === 0) return [page];
  // Before the first step a walk has nothing to say; a slide that is filled point by point has its title.
  const states = isMark(groups[turns[0]!]!) ? turns : [-1, ...turns];
  const copies = states.map((reached, number) => {
    groups.forEach((group, index) => {
      for (const part of group) {
        part.classList.toggle("visible", index <= reached || !turns.includes(index));
        part.classList.toggle("current-fragment", index === reached);
      }
    });
    window.Reveal.dispatchEvent({ type: "fragmentshown" } as never); // blocks show the step that the marks tell
    return number < states.length - 1 ? copy(page, number) : page;
  });
  const id = page.querySelector("section")!.id;
  page.before(...copies.slice(0, -1));
  // Links to the slide lead to the first of its pages, and it has one bookmark.
  page.querySelector("section")!.id = `${id}:last`;
  copies[0]!.querySelector("section")!.id = id;
  for (const later of copies.slice(1)) for (const heading of later.querySelectorAll("h1, h2, h3, h4, h5, h6")) heading.setAttribute("role", "paragraph");
  return copies;
}

/** The fragments of a slide by the step that they come with. */
function fragmentGroups(page: Element): Element[][] {
  const groups = new Map<number, Element[]>();
  for (const part of page.querySelectorAll<HTMLElement>(".fragment")) {
    const index = Number(part.dataset["fragmentIndex"]);
    groups.set(index, [...(groups.get(index) ?? []), part]);
  }
  return [...groups].sort(([one], [other]) => one - other).map(([, group]) => group);
}

/** The page as it looks now. What has an id gets another one, and what refers to it follows. */
function copy(page: HTMLElement, number: number): HTMLElement {
  const made = page.cloneNode(true) as HTMLElement;
  const ids = new Set([...made.querySelectorAll("[id]")].map((element) => element.id));
  const renamed = (id: string): string => `${id}:${number}`;
  for (const element of made.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (name === "id") element.id = renamed(value);
      else if (name === "for" || name.startsWith("aria-")) {
        if (ids.has(value)) element.setAttribute(name, renamed(value));
      } else if (value.includes("#")) {
        const changed = value.replace(/#([^\s"')]+)/g, (all, id: string) => (ids.has(id) ? `#${renamed(id)}` : all));
        if (changed !== value) element.setAttribute(name, changed);
      }
    }
  }
  for (const cell of made.querySelectorAll("td.is-future")) {
    const unseen = document.createElement("span"); // transparent ink could still be found and read aloud
    unseen.className = "is-unseen";
    unseen.append(...cell.childNodes);
    cell.append(unseen);
  }
  const canvases = made.querySelectorAll("canvas"); // their pictures are not copied with them
  page.querySelectorAll("canvas").forEach((canvas, index) => canvases[index]!.getContext("2d")?.drawImage(canvas, 0, 0));
  return made;
}
