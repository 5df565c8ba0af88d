// The little script of our own. Everything works without it except drafts and live lists.
window.dsWarnings = false; // Designsystemet's developer hints

(() => {
  const say = (kind) => {
    const live = document.getElementById("nm-live");
    if (live) live.textContent = kind ? live.dataset[kind] : "";
  };

  const release = () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  };

  // A form is sent once: a second click while the answer is under way does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(release, 8000); // an answer that is a file leaves the page standing
  });
  // Back to a page kept by the browser: its forms may be sent again.
  addEventListener("pageshow", release);

  // Drafts that never reached the server (draft.js) do not outlive the login.
  document.addEventListener("submit", (event) => event.target.matches("[data-logout]") && sessionStorage.clear(), true);

  // A select with data-autosend sends its form at once (sorting); its button is there for those without script.
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-autosend]")) event.target.form.requestSubmit();
  });

  // On a narrow screen the tabs scroll sideways: the current one is brought into sight, also when the screen is turned.
  // The page itself stays still.
  const sized = new ResizeObserver((entries) => entries.forEach(({ target }) => {
    const tab = target.querySelector("[aria-current]")?.getBoundingClientRect();
    const frame = target.getBoundingClientRect();
    if (tab) target.scrollLeft += tab.left + tab.width / 2 - frame.left - frame.width / 2;
  }));
  document.querySelectorAll(".nm-tabs__list").forEach((list) => sized.observe(list));

  // The pattern is one stop for the Tab key; the arrow keys go from stitch to stitch, past those that lead nowhere.
  const one = (root) => root.querySelectorAll(".nm-knit").forEach((knit) => {
    knit.querySelectorAll("td a").forEach((stitch, n) => (stitch.tabIndex = n ? -1 : 0));
  });
  one(document);
  document.addEventListener("htmx:load", ({ detail }) => one(detail.elt));
  document.addEventListener("keydown", (event) => {
    const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [];
    const cell = event.target.closest?.(".nm-knit td");
    if (down === undefined || !cell || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    let row = cell.parentElement;
    let at = cell.cellIndex;
    do {
      row = down < 0 ? row.previousElementSibling : down > 0 ? row.nextElementSibling : row;
      at += right;
    } while (row?.cells[at] && !row.cells[at].querySelector("a"));
    const next = row?.cells[at]?.querySelector("a");
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    // The session ran out: htmx followed the redirect to the login page. Show that page whole, not inside a fragment.
    const answered = event.detail.xhr.responseURL;
    if (answered && new URL(answered).pathname !== new URL(event.detail.pathInfo.requestPath, location.href).pathname
        && event.detail.serverResponse.includes("<html")) {
      event.detail.shouldSwap = false;
      location.assign(answered);
    }
    // A form with errors comes back as 422 and replaces itself.
    if (event.detail.xhr.status === 422) Object.assign(event.detail, { shouldSwap: true, isError: false });
  });
  // Older lines that load in their place: whoever pressed the link goes on reading at the first of them. Where the page
  // itself fetched them, because one came near, nothing moves.
  let pressed = false;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    pressed = detail.target.matches("[data-older]") && detail.target.contains(document.activeElement);
  });
  document.addEventListener("htmx:load", ({ detail }) => {
    if (!pressed || !detail.elt.matches("[data-first]")) return;
    pressed = false;
    detail.elt.focus();
  });

  // A form that opens in its place takes the focus. Closed or saved, it gives it back: to the link it was opened by, or
  // to the heading of what it stood for. Escape is its «Avbryt»; what was typed waits in the draft.
  let opener = "";
  document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
    if (elt.matches("a[href]:not([data-cancel])")) opener = elt.getAttribute("href");
  });
  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt === document.body) return;
    const here = (name) => (elt.matches(name) ? elt : elt.querySelector(name));
    const asks = here("[data-takes-focus]");
    if (asks) {
      const wrong = here("ds-error-summary");
      if (wrong) wrong.tabIndex = -1;
      (wrong ?? asks).focus();
    } else if (document.activeElement === document.body) {
      (here(`a[href="${CSS.escape(opener)}"]`) ?? here("[data-gets-focus]"))?.focus();
    }
  });
  document.addEventListener("click", (event) => {
    const cancel = event.target.closest("[data-in-place] [data-cancel]:not([hx-get])");
    if (!cancel || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // nothing stood here before, so nothing is fetched
    const form = cancel.closest("[data-in-place]");
    form.replaceWith(Object.assign(document.createElement("div"), { id: form.id }));
    document.querySelector(`a[href="${CSS.escape(opener)}"]`)?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.target.closest?.("[data-in-place]")?.querySelector("[data-cancel]")?.click();
    }
  });
  document.addEventListener("htmx:sendError", () => say("lost"));
  document.addEventListener("htmx:timeout", () => say("lost"));
  document.addEventListener("htmx:responseError", () => say("failed"));
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && say(""));
})();
