// The intake meeting by keyboard: 1 to 4 choose the decision, B goes to the reason, N and F to the next and the former
// case, Ctrl + Enter signs. Everything works without it.
(() => {
  const decide = document.querySelector("form[data-decide]");
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
  const steps = { n: "[data-step=next]", f: "[data-step=previous]", b: "form[data-decide] [name=reason]" };
  document.addEventListener("keydown", (event) => {
    // Letters are keys only where the hints stand: in the decision and on the way from case to case (WCAG 2.1.4).
    const writing = event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
    const here = event.target.closest("form[data-decide], [data-keys]");
    if (writing || !here || event.ctrlKey || event.altKey || event.metaKey) return;
    const there = document.querySelector(steps[event.key.toLowerCase()] ?? "nothing");
    if (!there) return;
    event.preventDefault();
    if (there.href) there.click();
    else there.focus();
  });
  if (!decide) return;

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey && decide.contains(event.target)) {
      event.preventDefault();
      return decide.requestSubmit();
    }
    // A digit belongs to the text while somebody writes one.
    const writing = event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
    if (writing || event.ctrlKey || event.altKey || event.metaKey) return;
    const option = decide.querySelectorAll('[name="outcome"]')[Number(event.key) - 1];
    if (!option) return;
    option.checked = true;
    option.focus();
    option.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
