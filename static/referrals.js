// The intake meeting by keyboard; `_shortcuts.html` is the list one sees under «?». Everything works without it.
// One key alone is a shortcut only outside text, and can be turned off there (WCAG 2.1.4).
(() => {
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
  const list = document.getElementById("snarveier");
  if (!list) return;

  const OFF = "nm-keys-off";
  const decide = document.querySelector("form[data-decide]");
  const assess = () => document.querySelector("[data-assess]"); // htmx puts a new one in its place
  const change = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));
  const chosen = (within, name) => within?.querySelector(`[name="${name}"]:checked`) ?? within?.querySelector(`[name="${name}"]:enabled`);
  const groups = () => [...(assess()?.querySelectorAll("fieldset") ?? [])];
  const first = (group) => group?.querySelector(":checked") ?? group?.querySelector("input");

  document.querySelectorAll("[data-keys-help]").forEach((button) => (button.hidden = false));
  const use = list.querySelector("[data-use-keys]");
  use.checked = localStorage.getItem(OFF) !== "1";
  use.addEventListener("change", () => localStorage.setItem(OFF, use.checked ? "0" : "1"));

  const places = {
    b: () => decide?.querySelector("[name=reason]"),
    f: () => document.querySelector("[data-step=previous]"),
    n: () => document.querySelector("[data-step=next]"),
    o: () => chosen(decide, "outcome"),
    p: () => chosen(decide, "coordinator"),
    t: () => decide?.querySelector("[name=note]"),
    v: () => first(groups()[0]),
  };

  // A digit chooses where one is: among the answers of one criterion, else among the decisions.
  const choose = (digit, from) => {
    const all = groups();
    const at = all.findIndex((group) => group.contains(from));
    const options = at < 0 ? decide?.querySelectorAll('[name="outcome"]') : all[at].querySelectorAll("input");
    const option = options?.[digit - 1];
    if (!option) return false;
    option.checked = true;
    change(option);
    if (at < 0) option.focus();
    else (first(all[at + 1]) ?? assess().querySelector("[type=submit]")).focus();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (document.querySelector("dialog[open]")) return;
    if (key === "Enter" && event.ctrlKey) {
      const part = target.closest("[data-decide], [data-assess]");
      if (part) event.preventDefault();
      return part?.matches("[data-assess]") ? part.querySelector("[type=submit]").click() : part?.requestSubmit();
    }
    const writing = target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
    if (writing && key === "Escape" && decide?.contains(target)) return chosen(decide, "outcome").focus();
    if (writing || !use.checked || event.ctrlKey || event.altKey || event.metaKey) return;
    if (key === "?") {
      event.preventDefault();
      return list.showModal();
    }
    if (/^[1-9]$/.test(key)) return choose(Number(key), target) && event.preventDefault();
    const there = Object.hasOwn(places, key.toLowerCase()) ? places[key.toLowerCase()]() : null;
    if (!there) return;
    event.preventDefault();
    if (there.href) there.click();
    else there.focus();
  });

  // Saved answers come back in the form's place, and what is typed in the decision stands. Then the decision is next.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.matches("[data-assess]") && !event.target.querySelector(".ds-error-summary")) chosen(decide, "outcome")?.focus();
  });
  document.addEventListener("change", (event) => {
    const part = event.target.closest("[data-assess]");
    if (part) part.dataset.changed = "1";
  });
  // Nothing is decided over answers that somebody changed and did not save.
  decide?.addEventListener("submit", (event) => {
    if (event.submitter?.matches("[formaction], [name=save_note]") || !assess()?.dataset.changed) return;
    event.preventDefault();
    const word = assess().querySelector("[data-unsaved]");
    word.hidden = false;
    assess().querySelector("[type=submit]").focus();
  });
})();
