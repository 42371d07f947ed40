/** A deck in the browser: reveal.js turns the slides, our blocks live on them. */
import Reveal, { type RevealApi } from "reveal.js";
import { recall, remember } from "./address";
import { Blocks, fitFormulas } from "./blocks";
import { glideBetween } from "./glide";
import { guardKeys, insideBlock } from "./keys";
import { connect } from "./live";
import { calm, following, phone, printing, settings } from "./page";
import { type Patch, applyPatch } from "./patch";
import { Symbols } from "./symbols";
import { Channel, type Place } from "./sync";

declare global {
  interface Window {
    Reveal: RevealApi;
  }
}

/** The canvas in slide pixels: the deck's. A portrait phone gets a narrow one, as tall as its screen is in proportion. */
function canvas(): { width: number; height: number } {
  const [width, height] = settings.canvas;
  if (!phone.matches || printing) return { width, height };
  return { width: 480, height: Math.max(1000, Math.round((480 * innerHeight) / innerWidth)) };
}

const deck = new Reveal(document.querySelector<HTMLElement>(".reveal")!);
window.Reveal = deck;

const lead = following === null;
const symbols = lead && !printing ? new Symbols(deck) : null;
const states = new Map<string, unknown>();
const channel = new Channel((note) => {
  if (lead && note.kind === "hello") announce(true);
  else if (lead && note.kind === "go") note.to === "next" ? deck.next() : deck.prev();
  else if (!lead && note.kind === "at") follow(following === "next" ? note.next : note.at);
  else if (!lead && note.kind === "state") blocks.follow(note.key, note.state);
});

const blocks = new Blocks((key) => ({
  publish: (state, saved) => {
    states.set(key, state);
    if (!lead || printing) return;
    channel.send({ kind: "state", key, state });
    remember(key, saved);
  },
  recall: () => (lead && !printing ? recall(key) : undefined),
  next: () => deck.next(),
  prev: () => deck.prev(),
}));

const sections = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(".slides section[id]")];

function place(): Place {
  const { h, v, f } = deck.getIndices();
  return { h, v: v ?? 0, f: f ?? -1 };
}

/** Where one more step leads: the next fragment, else the next slide. */
function nextPlace(): Place | null {
  const at = place();
  const current = deck.getCurrentSlide();
  if (deck.availableFragments().next) return { ...at, f: at.f + 1 };
  const all = sections();
  const next = all[all.indexOf(current) + 1];
  if (!next) return null;
  const { h, v } = deck.getIndices(next as HTMLElement);
  return { h, v: v ?? 0, f: -1 };
}

function announce(everything = false): void {
  if (!lead) return;
  channel.send({ kind: "at", at: place(), id: deck.getCurrentSlide().id, next: nextPlace() });
  if (everything) for (const [key, state] of states) channel.send({ kind: "state", key, state });
}

function follow(to: Place | null): void {
  document.documentElement.classList.toggle("at-end", to === null);
  if (to) deck.slide(to.h, to.v, to.f);
}

async function draw(): Promise<void> {
  fitFormulas(deck.getCurrentSlide());
  symbols?.refresh();
  await blocks.showNear(deck.getCurrentSlide(), sections());
}

async function drawAll(): Promise<void> {
  for (const section of sections()) fitFormulas(section);
  await blocks.showAll(sections());
}

function moved(): void {
  blocks.stepped();
  if (printing) return; // an export goes through the steps; everything has been drawn
  announce();
  void draw();
}

/** The speaker view, in a window of its own. */
function openSpeaker(): void {
  if (settings.output === "serve" && lead) window.open("speaker", `speaker ${location.pathname}`, "popup,width=1180,height=760");
}

async function start(): Promise<void> {
  connect((message) => {
    applyPatch(deck, blocks, message as unknown as Patch);
    void draw();
  });
  guardKeys(deck);
  // A video that may not start by itself needs its buttons.
  if (calm.matches) for (const video of document.querySelectorAll("video")) video.controls = true;
  deck.on("slidechanged", moved); // the first slide, too: no frame shows a walk at its end before it begins
  await deck.initialize({
    ...canvas(),
    margin: 0,
    minScale: 0.1,
    maxScale: 4,
    center: false,
    hash: lead,
    respondToHashChanges: lead,
    history: false,
    controls: lead && !printing,
    controlsLayout: phone.matches ? "bottom-right" : "edges",
    controlsTutorial: false,
    progress: lead,
    slideNumber: false, // every slide prints its own
    transition: calm.matches || !lead ? "none" : settings.transition,
    transitionSpeed: "fast",
    backgroundTransition: calm.matches || !lead ? "none" : "fade",
    autoPlayMedia: calm.matches || !lead || printing ? false : null,
    postMessage: false,
    postMessageEvents: false,
    scrollActivationWidth: null as unknown as number, // its scroll view would rebuild the slides from text
    pdfMaxPagesPerSlide: 1,
    pdfPageHeightOffset: 0, // backgrounds reach the lower edge, too
    pdfSeparateFragments: false,
    keyboardCondition: ((event: KeyboardEvent) => lead && !insideBlock(event.target)) as never,
    keyboard: { 83: openSpeaker } as never, // S
    touch: lead,
    viewDistance: 2,
    mobileViewDistance: 2,
  });
  // reveal's role="application" would take browse mode away from screen readers.
  deck.getRevealElement()!.removeAttribute("role");
  glideBetween(deck);
  deck.on("slidetransitionend", () => void draw());
  deck.on("fragmentshown", moved);
  deck.on("fragmenthidden", moved);
  deck.on("overviewshown", () => sections().forEach((section) => blocks.mount(section)));
  phone.addEventListener("change", () => relayout());
  addEventListener("resize", () => phone.matches && relayout());
  if (!lead) channel.send({ kind: "hello" });
  await (printing ? laidOut().then(drawAll) : draw());
  announce(true);
  await document.fonts.ready;
  document.documentElement.dataset["ready"] = "true";
}

/** In the print view reveal moves every slide to a page of its own, after it is initialized; plots wait for that. */
function laidOut(): Promise<void> {
  if (document.querySelector(".pdf-page")) return Promise.resolve();
  return new Promise((resolve) => deck.on("pdf-ready", () => resolve()));
}

function relayout(): void {
  deck.configure(canvas());
  void draw();
}

void start();
