// SPDX-License-Identifier: Apache-2.0
// A signature drawn with finger, pen or mouse. Without script a photo of the signed
// paper is handed in.
"use strict";
(() => {
  for (const box of document.querySelectorAll("[data-sign]")) {
    const canvas = box.querySelector("canvas"), pen = canvas.getContext("2d");
    const form = box.closest("form"), out = form.querySelector(`input[name="${box.dataset.sign}"]`);
    const ink = getComputedStyle(canvas).color;
    let drawing = false, drawn = false;
    const blank = () => { pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height); drawn = false; out.value = ""; };
    const at = (e) => {
      const r = canvas.getBoundingClientRect();
      return [(e.clientX - r.left) * canvas.width / r.width, (e.clientY - r.top) * canvas.height / r.height];
    };
    canvas.addEventListener("pointerdown", (e) => {
      canvas.setPointerCapture(e.pointerId);
      pen.strokeStyle = ink; pen.lineWidth = 4; pen.lineCap = pen.lineJoin = "round";
      pen.beginPath(); pen.moveTo(...at(e)); drawing = true; e.preventDefault();
    });
    canvas.addEventListener("pointermove", (e) => {
      if (!drawing) return;
      pen.lineTo(...at(e)); pen.stroke(); drawn = true;
    });
    const end = () => { if (drawing && drawn) out.value = canvas.toDataURL("image/png"); drawing = false; };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    box.querySelector("[data-clear]").addEventListener("click", blank);
    blank();
    box.hidden = false;
  }
})();
