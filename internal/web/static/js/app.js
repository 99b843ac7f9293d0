// SPDX-License-Identifier: Apache-2.0
// Small comforts on every page. Nothing here is needed: every act works without.
"use strict";
(() => {
  const all = (sel, in_ = document) => [...in_.querySelectorAll(sel)];
  const body = document.body;

  // Read aloud, where the browser has a voice.
  for (const b of all("[data-read]")) {
    if (!("speechSynthesis" in window)) break;
    b.hidden = false;
    const word = b.querySelector("span"), start = word.textContent;
    const stop = () => { speechSynthesis.cancel(); word.textContent = start; b.removeAttribute("aria-pressed"); };
    b.addEventListener("click", () => {
      if (b.hasAttribute("aria-pressed")) return stop();
      const text = all("h1,h2,h3,p,dt,dd,li.event p", document.querySelector(b.dataset.read))
        .filter((e) => e.offsetParent && !e.closest("form") && !e.querySelector("p")).map((e) => e.textContent.trim()).filter(Boolean);
      b.setAttribute("aria-pressed", "true");
      word.textContent = b.dataset.stop;
      text.forEach((t, i) => {
        const u = new SpeechSynthesisUtterance(t);
        u.lang = document.documentElement.lang;
        u.rate = 0.9;
        if (i === text.length - 1) u.onend = stop;
        speechSynthesis.speak(u);
      });
    });
    addEventListener("pagehide", () => speechSynthesis.cancel());
  }

  // On a phone a row of tabs is a strip: what is open is brought into it.
  for (const here of all(".rail a[aria-current], .tabs a[aria-current]")) {
    const ul = here.closest("ul");
    ul.scrollLeft = here.parentElement.offsetLeft - ul.offsetLeft - (ul.clientWidth - here.offsetWidth) / 2;
  }

  // Print buttons.
  for (const b of all("[data-print]")) { b.hidden = false; b.addEventListener("click", () => print()); }

  // Faults: go to the summary, once.
  const faults = document.getElementById("faults");
  if (faults) faults.focus();

  // Characters left, counted as people see them.
  const count = (s) => [...s.replace(/\r\n/g, "\n").trim()].length;
  for (const a of all("textarea[data-max]")) {
    const out = a.parentElement.querySelector(".left-over");
    if (!out) continue;
    const say = () => {
      const left = a.dataset.max - count(a.value);
      out.classList.toggle("over", left < 0);
      out.textContent = left > a.dataset.max * 0.2 && left > 20 ? "" : (left < 0 ? out.dataset.over : out.dataset.left).replace("#", Math.abs(left));
    };
    a.addEventListener("input", say);
    say();
  }

  // Photos: show what was chosen, and let one be taken out again.
  for (const input of all("input[type=file][data-preview]")) {
    const box = input.closest(".upload-box"), face = box.querySelector("[data-none]");
    box.classList.add("dressed"); // in the page's language instead of the browser's
    const list = input.closest(".field").querySelector(".previews"), many = +input.dataset.many || 1;
    let urls = [];
    const set = (files) => { const t = new DataTransfer(); files.forEach((f) => t.items.add(f)); input.files = t.files; show(); };
    const show = () => {
      urls.forEach((u) => URL.revokeObjectURL(u));
      urls = [];
      list.textContent = "";
      const files = [...input.files];
      face.textContent = files.length ? face.dataset.some.replace("#", files.length) : face.dataset.none;
      input.setCustomValidity(files.length > many ? input.dataset.toomany : "");
      files.forEach((f, i) => {
        const li = list.appendChild(document.createElement("li"));
        if (f.type.startsWith("image/")) {
          const img = li.appendChild(new Image());
          urls.push(img.src = URL.createObjectURL(f));
          img.alt = f.name;
        } else li.append(f.name);
        const x = li.appendChild(document.createElement("button"));
        x.type = "button";
        x.textContent = "×";
        x.setAttribute("aria-label", list.dataset.remove.replace("#", f.name));
        x.onclick = () => { set(files.filter((_, j) => j !== i)); input.focus(); };
      });
    };
    input.addEventListener("change", show);
  }

  // What was typed and not sent is not lost by a wrong tap.
  let dirty = false;
  for (const f of all("form[data-guard]")) f.addEventListener("input", () => { dirty = true; });
  addEventListener("beforeunload", (e) => { if (dirty) e.preventDefault(); });

  // A slow answer shows that it is coming; one form is sent once.
  let bar, timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      bar = bar || Object.assign(document.createElement("div"), { className: "progress" });
      bar.setAttribute("role", "progressbar");
      bar.setAttribute("aria-label", body.dataset.working);
      body.append(bar);
    }, 300);
  };
  const done = () => {
    clearTimeout(timer);
    if (bar) bar.remove();
    all("form[data-sent]").forEach((f) => { delete f.dataset.sent; });
    all("[aria-busy]").forEach((b) => b.removeAttribute("aria-busy"));
  };
  addEventListener("submit", (e) => {
    const f = e.target;
    if (f.dataset.sent && Date.now() - f.dataset.sent < 8000) return e.preventDefault();
    if (e.defaultPrevented || f.method === "dialog") return;
    if (f.method === "post") { f.dataset.sent = Date.now(); if (e.submitter) e.submitter.setAttribute("aria-busy", "true"); }
    dirty = false;
    wait();
    setTimeout(done, 15000);
  });
  addEventListener("click", (e) => {
    const a = e.target.closest && e.target.closest("a[href]");
    if (a && !e.defaultPrevented && !e.button && !e.metaKey && !e.ctrlKey && !e.shiftKey && !a.target && !a.hasAttribute("download") &&
      a.origin === location.origin && a.pathname + a.search !== location.pathname + location.search) { wait(); setTimeout(done, 15000); }
  });
  addEventListener("pageshow", done);

  // Filters apply as soon as one is chosen.
  for (const s of all("form.filter select")) s.addEventListener("change", () => s.form.requestSubmit());
})();
