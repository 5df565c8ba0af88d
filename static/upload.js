// Uploads: a form with data-upload says at once when a file is too large, and shows how far it has come.
// Without script the same form is sent by the browser; the server says the same about size and kind.
(() => {
  const megabytes = (bytes) => Math.max(bytes / 1024 / 1024, 0.1).toLocaleString("nb-NO", { maximumFractionDigits: 1 });

  const line = (form) => form.querySelector("[data-upload-status]");
  const tell = (form, name, values = {}) => {
    const status = line(form);
    if (!status) return;
    const words = name ? status.dataset[name] || "" : "";
    status.querySelector("span").textContent = Object.entries(values).reduce((text, [k, v]) => text.replace(`{${k}}`, v), words);
    status.hidden = !words;
  };

  document.addEventListener("change", (event) => {
    const { form, files, type, dataset } = event.target;
    if (type !== "file" || !form || !("upload" in form.dataset)) return;
    const [file] = files;
    const limit = Number(dataset.maxBytes);
    if (file && file.size > limit) tell(form, "large", { size: megabytes(file.size), limit: megabytes(limit) });
    else if (file) tell(form, "chosen", { size: megabytes(file.size) });
    else tell(form, "");
  });

  const show = (request, form) => {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = page.querySelector("main");
    // An answer that is no page of ours (a proxy that found the file too large, say) must not wipe what was typed.
    if (!main) return void fail(form);
    page.querySelectorAll("link[rel=stylesheet]").forEach((link) => {
      const known = [...document.styleSheets].some((sheet) => sheet.href && sheet.href.endsWith(link.getAttribute("href")));
      if (!known) document.head.append(link.cloneNode());
    });
    history.replaceState(null, "", request.responseURL);
    document.title = page.title;
    document.body.replaceWith(page.body);
    document.querySelector(".nm-tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    const first = document.querySelector("main [autofocus], main [role=alert], main h1");
    first?.setAttribute("tabindex", "-1");
    first?.focus();
  };

  const fail = (form) => {
    form.removeAttribute("aria-busy");
    form.querySelectorAll("[type=submit]").forEach((button) => (button.disabled = false));
    line(form).querySelector("progress").hidden = true;
    tell(form, "failed");
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("upload" in form.dataset) || !line(form)) return;
    event.preventDefault();
    const bar = line(form).querySelector("progress");
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.hidden = false;
      bar.max = total;
      bar.value = loaded;
      tell(form, loaded < total ? "sending" : "checking", { percent: Math.round((100 * loaded) / total) });
    });
    request.addEventListener("load", () => show(request, form));
    request.addEventListener("error", () => fail(form));
    request.open("POST", form.action);
    const data = new FormData(form);
    form.setAttribute("aria-busy", "true");
    form.querySelectorAll("[type=submit]").forEach((button) => (button.disabled = true));
    request.send(data);
  });
})();
