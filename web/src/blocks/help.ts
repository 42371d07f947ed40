/** The keys of a live block, shown by its ? button and by the key ?, and gone again with Escape. */
import { isWriting } from "./stage";

export type Keys = readonly (readonly [keys: string, what: string])[];

/** What holds in every block. */
const SHARED: Keys = [
  ["U, Shift+U", "undo, redo"],
  ["R", "reset to the author's state"],
  ["PageUp, PageDown", "turn the slide"],
  ["Esc", "give the keys back to the deck"],
];

/** What holds in those that show numbers. */
const DIGITS: Keys = [["D", "all digits, or few"]];

/** Make the ? button, and the key, of a block show its keys. */
export function explainKeys(element: HTMLElement, own: Keys): void {
  const button = element.querySelector<HTMLButtonElement>('[data-action="help"]');
  if (!button) return;
  const list = document.createElement("dl");
  const numbers = element.querySelector('[data-action="digits"]') ? DIGITS : [];
  for (const [keys, what] of [...own, ...numbers, ...SHARED]) {
    const [term, meaning] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = keys;
    meaning.textContent = what;
    list.append(term, meaning);
  }
  const panel = document.createElement("div");
  panel.className = "keys-help";
  panel.hidden = true;
  panel.setAttribute("role", "note");
  panel.append(list);
  element.append(panel);
  button.setAttribute("aria-expanded", "false");
  const toggle = (open: boolean): void => {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => toggle(panel.hidden === true));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "?" || isWriting(event.target)) return;
    toggle(panel.hidden === true);
    event.preventDefault();
  });
  // Escape takes the focus away, and with it this.
  element.addEventListener("focusout", (event) => {
    if (!element.contains(event.relatedTarget as Node | null)) toggle(false);
  });
}
