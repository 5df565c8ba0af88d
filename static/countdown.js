// Minutes left of a break-glass. The page says when it closes without this; the clock of the server decides.
(() => {
  for (const element of document.querySelectorAll("[data-until]")) {
    const until = Date.parse(element.dataset.until);
    const show = () => {
      const left = Math.max(0, Math.ceil((until - Date.now()) / 60000));
      element.textContent = element.dataset.words.replace("#", left);
      if (left === 0) clearInterval(timer);
    };
    const timer = setInterval(show, 15000);
    show();
  }
})();
