// Drafts: a form with data-draft-url is saved there while one types, one second after the last key.
// The server keeps the draft and restores it. Only what the server did not get lies here, in this tab
// (sessionStorage), until it is sent, the tab is closed or the user logs out (app.js). Nothing is ever in localStorage.
// data-draft-page: the address of a form that stands open on another page; the draft belongs to the form's own.
// data-draft-owner: an opaque id of the user; a copy is put back only for the one who wrote it.
(() => {
  const PREFIX = "nm-draft:";
  const WAIT = 1000; // ms after the last key
  const AGAIN = 15000; // ms between attempts while there is no contact

  const copies = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));

  // What must never be kept (data-never-kept: identity numbers; passwords; files) leaves the browser with the form alone.
  const isKept = (form, name, value) =>
    typeof value === "string" &&
    name !== "csrfmiddlewaretoken" &&
    ![...form.elements].some((field) => field.name === name && ("neverKept" in field.dataset || field.type === "password"));

  const contents = (form) => [...new FormData(form)].filter(([name, value]) => isKept(form, name, value));

  const putBack = (form, pairs) => {
    const values = new Map();
    pairs.forEach(([name, value]) => values.set(name, [...(values.get(name) || []), value]));
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden" || field.type === "file" || field.type === "submit") continue;
      const kept = values.get(field.name) || [];
      if (field.type === "radio" || field.type === "checkbox") field.checked = kept.includes(field.value);
      else if (field.type === "select-multiple") for (const o of field.options) o.selected = kept.includes(o.value);
      else if (kept.length) field.value = kept.shift();
    }
  };

  const start = (form) => {
    form.dataset.drafted = "";
    const { draftUrl, draftOwner, draftPage } = form.dataset;
    const page = new URL(draftPage || location.href, location.href);
    const status = (form.closest("section") || document).querySelector("[data-draft-status]") || document.querySelector("[data-draft-status]");
    const key = PREFIX + page.pathname; // one address saves the drafts of all pages
    let timer = 0;
    let under = null; // the attempt under way
    let version = 0; // counts changes, so that an old answer never says that a newer text is saved

    const tell = (state) => {
      if (!status) return;
      const time = new Date().toLocaleTimeString("nb-NO", { hour: "2-digit", minute: "2-digit" });
      const text = (status.dataset[state] || "").replace("{time}", time);
      status.dataset.state = state === "saved" ? "saved" : "lost";
      if (status.textContent !== text) status.textContent = text;
    };
    const keep = (state) => {
      sessionStorage.setItem(key, JSON.stringify({ owner: draftOwner || "", pairs: contents(form) }));
      tell(state);
    };

    const save = async (last = false) => {
      clearTimeout(timer);
      if (under && !last) return void (timer = setTimeout(save, WAIT));
      const mine = version;
      const token = form.elements.csrfmiddlewaretoken?.value || "";
      try {
        under = fetch(draftUrl, {
          method: "POST",
          body: new URLSearchParams(contents(form)),
          headers: { "X-CSRFToken": token, "X-Requested-With": "XMLHttpRequest", "HX-Current-URL": page.href },
          credentials: "same-origin",
          redirect: "manual", // a redirect means the login page
          keepalive: last,
        });
        const answer = await under;
        if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) keep("out");
        else if (!answer.ok) {
          keep(answer.status >= 500 ? "lost" : "failed");
          if (answer.status >= 500) timer = setTimeout(save, AGAIN);
        } else if (mine === version) {
          sessionStorage.removeItem(key);
          tell("saved");
          document.dispatchEvent(new Event("nm:saved")); // the login lasts longer now (session.js)
        }
      } catch {
        keep("lost");
        timer = setTimeout(save, AGAIN);
      } finally {
        under = null;
      }
    };

    const changed = () => {
      version += 1;
      clearTimeout(timer);
      timer = setTimeout(save, WAIT);
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("submit", () => clearTimeout(timer));
    addEventListener("online", () => form.isConnected && sessionStorage.getItem(key) && save());
    // A login in another tab brings the contact back: try when this tab is looked at again.
    addEventListener("focus", () => form.isConnected && sessionStorage.getItem(key) && save());
    addEventListener("pagehide", () => form.isConnected && timer && version && !form.dataset.sent && save(true));
    // htmx takes the form away when it was saved, or when somebody thought better of it: nothing waits any more.
    form.addEventListener("htmx:afterRequest", (event) => event.detail.successful && (clearTimeout(timer), sessionStorage.removeItem(key)));

    // Somebody else has sat in this tab: whatever they left, on any page, goes before anything is put back.
    const read = (name) => JSON.parse(sessionStorage.getItem(name));
    copies().forEach((name) => read(name).owner !== draftOwner && sessionStorage.removeItem(name));
    const copy = sessionStorage.getItem(key);
    if (copy && draftOwner) {
      putBack(form, read(key).pairs);
      save();
    }
  };

  document.querySelectorAll("form[data-draft-url]").forEach(start);
  // Forms that open in their place come later, by htmx.
  document.addEventListener("htmx:load", ({ detail }) => {
    const found = [...detail.elt.querySelectorAll("form[data-draft-url]")];
    if (detail.elt.matches("form[data-draft-url]")) found.push(detail.elt);
    found.filter((form) => !("drafted" in form.dataset)).forEach(start);
  });
})();
