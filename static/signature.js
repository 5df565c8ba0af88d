// A place to sign with a finger, a pen or a mouse. What is drawn goes into the form as an SVG path in a box of 600 × 200.
// Without JavaScript, or with a keyboard, the name is typed in the field beside it; the form takes either.
"use strict";
(() => {
  const WIDTH = 600, HEIGHT = 200, MOST = 19000; // characters, a little less than the database takes

  const point = (canvas, event) => {
    const box = canvas.getBoundingClientRect();
    const inside = (value, size, limit) => Math.max(0, Math.min(limit - 1, Math.round((value / size) * limit)));
    return [inside(event.clientX - box.left, box.width, WIDTH), inside(event.clientY - box.top, box.height, HEIGHT)];
  };

  const draw = (canvas, path) => {
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, WIDTH, HEIGHT);
    pen.lineWidth = 3;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(canvas).color;
    pen.stroke(new Path2D(path));
  };

  for (const pad of document.querySelectorAll("[data-pad]")) {
    const canvas = pad.querySelector("canvas");
    const field = pad.querySelector("input[type=hidden]");
    const again = pad.querySelector("button");
    const said = pad.querySelector("[aria-live]");
    let drawing = false, last = null;

    const add = (letter, [x, y]) => {
      if (field.value.length > MOST || (last && last[0] === x && last[1] === y && letter === "L")) return;
      field.value += `${letter}${x} ${y}`;
      last = [x, y];
      draw(canvas, field.value);
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button > 0) return;
      event.preventDefault(); // no scrolling, no selecting, while somebody writes
      canvas.setPointerCapture(event.pointerId);
      drawing = true;
      add("M", point(canvas, event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drawing || !event.isPrimary) return;
      // A fast finger moves several times between two frames.
      const moves = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      for (const move of moves.length ? moves : [event]) add("L", point(canvas, move));
    });
    const stop = (event) => {
      if (!drawing) return;
      drawing = false;
      if (event.type === "pointerup") add("L", point(canvas, event));
      again.hidden = false;
      said.textContent = pad.dataset.signed;
    };
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(end, stop);
    again.addEventListener("click", () => {
      field.value = "";
      last = null;
      draw(canvas, "");
      again.hidden = true;
      said.textContent = pad.dataset.wiped;
      canvas.focus();
    });
    pad.hidden = false;
    again.hidden = !field.value;
    draw(canvas, field.value); // what was signed stands there again when the form comes back
  }
})();
