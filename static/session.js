// Says two minutes before the login ends that it does, and lets one go on. The server ends it in any case.
// data-idle: seconds without a request; data-left: seconds until it ends however busy one is.
(() => {
  const box = document.getElementById("nm-session");
  if (!box) return;
  const WARN = 120;
  const idle = Number(box.dataset.idle);
  const end = Date.now() + Number(box.dataset.left) * 1000;
  const SEEN = "nm-seen"; // the last request of any tab, so that a quiet tab does not warn while another one works
  const texts = box.querySelectorAll("[data-when]");
  const clock = box.querySelector("time");
  let shown = "";

  const seen = () => localStorage.setItem(SEEN, String(Date.now()));
  const left = () => {
    const last = Number(localStorage.getItem(SEEN)) || Date.now();
    return { idle: (last - Date.now()) / 1000 + idle, longest: (end - Date.now()) / 1000 };
  };

  const look = () => {
    const { idle: quiet, longest } = left();
    const kind = longest <= WARN ? "longest" : quiet <= WARN ? "idle" : "";
    const seconds = Math.max(0, Math.round(Math.min(quiet, longest)));
    if (kind) {
      clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      texts.forEach((text) => (text.hidden = text.dataset.when !== kind));
      if (!box.open && shown !== kind) box.showModal();
    } else if (box.open) box.close();
    shown = kind;
    // Two seconds past the end the server says so on the login page.
    if (Math.min(quiet, longest) < -2) location.assign(location.pathname + location.search);
  };

  box.querySelector("[data-stay]").addEventListener("click", async (event) => {
    event.preventDefault();
    const form = event.target.form;
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (answer.status !== 204) return location.reload();
    seen();
    box.close();
  });
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && seen());
  document.addEventListener("nm:saved", seen); // a draft was saved (draft.js)
  seen();
  setInterval(look, 1000);
})();
