// Answers at the kitchen table: saved as they are given, also while the line is cut.
// Each answer is put in a queue in this browser (IndexedDB), encrypted by a key that cannot be taken out of it, and sent in
// order. The server takes each once, by its id. The key goes when somebody logs out, when another person logs in here, or
// after as long as a login may last; what was not sent cannot be read then. A login that ended by itself keeps both.
(() => {
  const root = document.querySelector("[data-sitting]");
  if (!root || !window.indexedDB || !crypto.subtle) return;
  const { owner, sync, longest, part } = root.dataset;
  const AGAIN = 4000; // ms between attempts while there is no contact
  const AT_ONCE = 50; // answers in one request
  const TYPING = 350; // ms after the last key
  const note = document.querySelector("[data-sitting-note]");
  const clash = document.querySelector("[data-sitting-clash]");
  const asks = [...document.querySelectorAll("[data-ask]")];
  const left = document.querySelector("[data-sitting-left]");
  const own = part === "min" ? asks[0]?.dataset.who : ""; // on a person's own screen: nothing of anybody else

  // --- the drawer: one store of locked answers, one with the key ---
  const open = new Promise((resolve, reject) => {
    const asked = indexedDB.open("nm-sitting", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("keys");
      asked.result.createObjectStore("queue", { autoIncrement: true });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const store = async (name, mode = "readonly") => (await open).transaction(name, mode).objectStore(name);

  const theKey = (async () => {
    const found = await done((await store("keys")).get("key"));
    if (found && found.owner === owner && Date.now() - found.made < Number(longest) * 1000) return found.key;
    await done((await store("queue", "readwrite")).clear());
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await done((await store("keys", "readwrite")).put({ key, owner, made: Date.now() }, "key"));
    return key;
  })();
  const lock = async (item) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = new TextEncoder().encode(JSON.stringify(item));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await theKey, data) };
  };
  const unlock = async ({ iv, data }) =>
    JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await theKey, data)));
  const waiting = async () => {
    const drawer = await store("queue");
    const [keys, rows] = await Promise.all([done(drawer.getAllKeys()), done(drawer.getAll())]);
    return Promise.all(rows.map(async (row, n) => ({ place: keys[n], item: await unlock(row) })));
  };
  // Where nothing more is taken, the rest wait no longer for it: a sitting that was completed elsewhere.
  const shut = new Set();
  const ready = async () => (await waiting()).filter(({ item }) => !shut.has(item.url) && (!own || item.who === own));
  let unsent = 0;
  const count = (change) => (root.dataset.waiting = unsent += change);
  const drop = async (place) => {
    await done((await store("queue", "readwrite")).delete(place));
    count(-1);
  };

  // --- what is said ---
  const tell = (state, facts = {}) => {
    const text = Object.entries(facts).reduce((all, [name, value]) => all.replace(`{${name}}`, value), note.dataset[state]);
    note.hidden = false;
    note.dataset.state = state;
    if (note.textContent !== text) note.textContent = text;
  };
  // Answers that did not get in stand on the page, by question, until somebody has seen to them.
  const notIn = new Map();
  const list = () => {
    const rows = [...notIn.values()].filter(({ item }) => !own || item.who === own);
    left.hidden = !rows.length;
    left.querySelector("ul").replaceChildren(...rows.map(({ item, why }) => {
      const row = document.createElement("li");
      row.textContent = `${item.asked || ""} ${item.words}${why ? `. ${why}` : ""}`;
      return row;
    }));
  };
  const keep = (item, why = "") => notIn.set(`${item.url} ${item.who} ${item.question}`, { item, why });
  const askOf = (item) => item.part === part && asks.find((ask) => ask.dataset.question === item.question);

  // --- sending ---
  let following = ""; // where to go when the last answer of the part has arrived
  let sending = null;
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(send, AGAIN);
  };
  const send = () => (sending ??= pump().finally(() => (sending = null)));
  const pump = async () => {
    clearTimeout(timer);
    for (let rows = await ready(); rows.length && !clash.open; rows = await ready()) {
      const url = rows[0].item.url;
      const other = rows.findIndex((row) => row.item.url !== url);
      const batch = rows.slice(0, Math.min(other < 0 ? rows.length : other, AT_ONCE));
      let answer;
      try {
        answer = await fetch(url, {
          method: "POST",
          body: JSON.stringify({ answers: batch.map((row) => row.item) }),
          headers: { "Content-Type": "application/json", "X-CSRFToken": root.dataset.token },
          credentials: "same-origin",
          redirect: "manual", // a redirect means the login page
        });
      } catch {
        tell(following ? "last" : "cut", { count: rows.length });
        return later();
      }
      if (answer.type === "opaqueredirect" || answer.status === 403) return tell("out", { count: rows.length });
      if ([400, 404, 409].includes(answer.status)) {
        shut.add(url);
        const why = answer.status === 409 ? (await answer.json()).error : "";
        rows.filter((row) => row.item.url === url).forEach((row) => keep(row.item, why));
        list();
        tell("left", { count: notIn.size });
        continue;
      }
      if (!answer.ok) {
        tell("failed", { count: rows.length });
        return later();
      }
      if (!(await settle(batch, await answer.json()))) return;
    }
    if (following && !clash.open && left.hidden) location.assign(following);
  };
  // Takes out what the server has. Stops at an answer that somebody else has changed meanwhile.
  const settle = async (batch, { results, at }) => {
    document.dispatchEvent(new Event("nm:saved")); // the login lasts longer now (session.js)
    for (const [n, result] of results.entries()) {
      const { place, item } = batch[n];
      if (result.state === "conflict") {
        choose(place, item, result);
        return false;
      }
      await drop(place);
      const ask = askOf(item);
      if (ask && result.version !== undefined) ask.dataset.version = result.version;
      if (result.state === "refused" && ask && !ask.hidden) tell("refused", { why: result.sentence });
      else if (result.state === "refused") keep(item, result.sentence);
      else {
        notIn.delete(`${item.url} ${item.who} ${item.question}`);
        tell("saved", { time: at });
      }
      list();
    }
    return true;
  };
  const choose = (place, item, result) => {
    clash.querySelector("[data-mine]").textContent = item.words;
    clash.querySelector("[data-theirs]").textContent = result.words;
    clash.querySelector("[data-asked]").textContent = result.text;
    clash.querySelector("[data-who]").textContent = `${result.who} ${result.at}`;
    let chosen = false;
    clash.onclose = () => chosen || tell("choose");
    const settled = async (mine) => {
      chosen = true;
      if (mine) {
        // In its own place in the order, now knowing what it replaces.
        const locked = await lock({ ...item, id: crypto.randomUUID(), base: result.version, after: null });
        await done((await store("queue", "readwrite")).put(locked, place));
      } else await drop(place);
      const ask = askOf(item);
      if (ask) ask.dataset.version = result.version;
      clash.close();
      if (!mine && ask) return location.reload();
      send();
    };
    clash.querySelector("[data-keep-mine]").onclick = () => settled(true);
    clash.querySelector("[data-keep-theirs]").onclick = () => settled(false);
    clash.showModal();
  };

  // --- what is given ---
  const valueOf = (ask, changed) => {
    const codes = ask.dataset.codes.split(" ");
    const missing = ask.querySelector("[name=missing]:checked");
    const fields = [...ask.querySelectorAll("[name=value]")];
    if (changed?.name === "missing" && missing) {
      fields.forEach((field) => (field.type === "checkbox" ? (field.checked = false) : (field.value = "")));
      return { value: null, missing: missing.value };
    }
    if (missing) missing.checked = false;
    if (ask.dataset.kind === "choices") return { value: fields.filter((f) => f.checked).map((f) => f.value), missing: "" };
    const value = fields[0]?.type === "radio" ? fields.find((f) => f.checked)?.value ?? "" : fields[0].value;
    return codes.includes(value) ? { value: null, missing: value } : { value, missing: "" };
  };
  const wordsOf = (ask, { value, missing }) => {
    const chosen = [...ask.querySelectorAll("input:checked")].map((f) => f.labels[0]?.textContent.trim().replace(/\s+/g, " ").replace(/^(\d+) (?=\D)/, "$1, "));
    return chosen.length ? chosen.join(", ") : String(missing || value);
  };
  // One answer after the other into the drawer, in the order they were given.
  let adding = Promise.resolve();
  const give = (ask, changed) => {
    const given = valueOf(ask, changed);
    if (!given.missing && (given.value === "" || given.value?.length === 0)) return adding;
    const { question, who, version } = ask.dataset;
    const item = {
      id: crypto.randomUUID(), url: sync, part, who, question, ...given, words: wordsOf(ask, given),
      asked: ask.querySelector("h1, h2").textContent.trim(),
      base: Number(version), after: ask.dataset.last || null,
    };
    ask.dataset.last = item.id;
    count(1);
    adding = adding.then(async () => {
      const locked = await lock(item);
      await done((await store("queue", "readwrite")).add(locked));
      send();
    });
    return adding;
  };

  // The note stands beside the buttons of the question one is at.
  const standBy = (ask) => {
    const send = ask.querySelector(".nm-ask__foot > [type=submit]");
    if (send && send.previousElementSibling !== note) send.before(note);
  };
  asks.forEach((ask) => {
    let typing = 0;
    ask.addEventListener("focusin", () => standBy(ask));
    ask.addEventListener("input", (event) => {
      clearTimeout(typing);
      typing = 0;
      if (["radio", "checkbox"].includes(event.target.type)) return give(ask, event.target);
      typing = setTimeout(() => {
        typing = 0;
        give(ask, event.target);
      }, TYPING);
    });
    ask.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      const here = asks.indexOf(ask);
      if (typing) {
        clearTimeout(typing);
        typing = 0;
        give(ask);
      }
      await adding;
      if (here + 1 < asks.length) return show(here + 1);
      await send();
      const rest = (await ready()).length;
      if (!rest) return location.assign(root.dataset.next);
      following = root.dataset.next;
      tell(note.dataset.state === "cut" ? "last" : note.dataset.state, { count: rest });
    });
    ask.querySelector("[data-back]")?.addEventListener("click", (event) => {
      const here = asks.indexOf(ask);
      if (here === 0) return;
      event.preventDefault();
      show(here - 1);
    });
  });

  // --- one at a time, or all ---
  const box = document.querySelector("[data-all]");
  const steps = [...document.querySelectorAll(".nm-sit__prog use")];
  const title = document.title;
  const show = (number, opening = false) => {
    asks.forEach((ask, n) => (ask.hidden = !box?.checked && n !== number));
    document.querySelectorAll("[data-number]").forEach((where) => (where.textContent = number + 1));
    standBy(asks[number]);
    document.title = title.replace(/\d+/, number + 1);
    if (steps.length === asks.length) {
      const answered = (ask) => Number(ask.dataset.version) > 0 || Boolean(ask.dataset.last);
      steps.forEach((step, n) => step.setAttribute("href", n === number ? "#s-now" : answered(asks[n]) ? "#s-done" : "#s-ahead"));
      steps[0].parentElement.setAttribute("aria-hidden", "true"); // the number beside it says the same
    }
    if (opening) return; // the page begins at its top
    following = "";
    asks[number].querySelector("h1, h2")?.focus();
    scrollTo(0, asks[number].offsetTop - 96);
  };
  box?.addEventListener("change", () => show(0));
  if (asks.length > 1) show(Number(root.dataset.first), true);
  else if (asks.length) standBy(asks[0]);

  // Whoever goes on is followed by the answers, and is not led to the browser's own page while there is no line.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || (!unsent && navigator.onLine)) return;
    event.preventDefault();
    if (navigator.onLine) await adding.then(send);
    if (navigator.onLine && !["cut", "last"].includes(note.dataset.state)) return location.assign(link.href);
    if (unsent) tell("cut", { count: unsent });
    else tell("away");
  });
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.target.matches("[data-ask], [data-logout]")) return;
    event.preventDefault();
    tell("away");
  });
  left.querySelector("button").addEventListener("click", async () => {
    const gone = (await waiting()).filter(({ item }) => shut.has(item.url) && (!own || item.who === own));
    for (const { place } of gone) await drop(place);
    notIn.clear();
    list();
    note.hidden = true;
  });

  addEventListener("online", send);
  addEventListener("focus", send);
  waiting().then((rows) => count(rows.length));
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-logout]")) indexedDB.deleteDatabase("nm-sitting");
  }, true);
  send();
  root.dataset.ready = "1";
})();
