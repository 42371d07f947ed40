/** The overlay that shows what is wrong with a deck that was just saved. The last good deck stays below it. */

export function showProblems(problems: readonly string[]): void {
  document.querySelector(".problems")?.remove();
  if (problems.length === 0) return;
  const overlay = document.createElement("div");
  overlay.className = "problems";
  overlay.setAttribute("role", "alert");
  const heading = document.createElement("h2");
  heading.textContent = problems.length === 1 ? "This save has a problem" : `This save has ${problems.length} problems`;
  const note = document.createElement("p");
  note.textContent = "You see the last good version. This note goes away with the next good save.";
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Hide";
  close.addEventListener("click", () => overlay.remove());
  const list = document.createElement("div");
  list.className = "problem-list";
  for (const problem of problems) {
    const item = document.createElement("pre");
    item.textContent = problem;
    list.append(item);
  }
  overlay.append(heading, note, list, close);
  document.body.append(overlay);
}
