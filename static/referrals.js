// The intake meeting by keyboard: 1 to 4 choose the decision, Ctrl + Enter signs. Everything works without it.
(() => {
  const decide = document.querySelector("form[data-decide]");
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
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
