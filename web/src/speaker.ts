/** The speaker view: what the audience sees, what comes next, the notes, and the time. It steers the main window. */
import { Channel, type Note } from "./sync";

const notes = new Map([...document.querySelectorAll<HTMLElement>("[data-notes]")].map((note) => [note.dataset["notes"]!, note]));
const clock = document.getElementById("clock")!;
const elapsed = document.getElementById("elapsed")!;
const planned = document.getElementById("planned")!;
const minutes = Number(document.body.dataset["minutes"] ?? 0);
const status = document.getElementById("status")!;
const ids = [...notes.keys()];

let started: number | null = null;
let current = ids[0] ?? "";

const channel = new Channel((note: Note) => {
  if (note.kind !== "at") return;
  status.textContent = "";
  if (note.id !== current && started === null && note.id !== ids[0]) started = Date.now();
  current = note.id;
  for (const [id, element] of notes) element.hidden = id !== current;
});

function go(to: "next" | "prev"): void {
  started ??= Date.now();
  channel.send({ kind: "go", to });
}

const KEYS: Record<string, "next" | "prev"> = {
  ArrowRight: "next",
  ArrowDown: "next",
  PageDown: "next",
  " ": "next",
  n: "next",
  ArrowLeft: "prev",
  ArrowUp: "prev",
  PageUp: "prev",
  p: "prev",
};

addEventListener("keydown", (event) => {
  const to = KEYS[event.key];
  if (!to || event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest("button")) return;
  event.preventDefault();
  go(to);
});
document.getElementById("prev")!.addEventListener("click", () => go("prev"));
document.getElementById("next")!.addEventListener("click", () => go("next"));
document.getElementById("restart")!.addEventListener("click", () => {
  started = Date.now();
  tick();
});

const two = (number: number): string => String(Math.floor(number)).padStart(2, "0");

function tick(): void {
  const now = new Date();
  clock.textContent = `${two(now.getHours())}:${two(now.getMinutes())}`;
  const seconds = started === null ? 0 : (Date.now() - started) / 1000;
  elapsed.textContent = `${two(seconds / 60)}:${two(seconds % 60)}`;
  if (!minutes || ids.length < 2) return;
  // Evenly paced, this is where the talk would be by now.
  const ahead = (ids.indexOf(current) / (ids.length - 1)) * minutes * 60 - seconds;
  planned.textContent = started === null ? `${minutes} min planned` : ahead >= 0 ? `${two(ahead / 60)}:${two(ahead % 60)} ahead` : `${two(-ahead / 60)}:${two(-ahead % 60)} behind`;
  planned.dataset["late"] = String(ahead < -60);
}

setInterval(tick, 1000);
tick();
channel.send({ kind: "hello" });
