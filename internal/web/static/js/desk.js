// SPDX-License-Identifier: Apache-2.0
// The keyboard and the bulk bar, for those who work through lists all day.
// j k move, Enter opens, x selects, . goes to the actions, / searches, ? helps.
"use strict";
(() => {
  const all = (sel, in_ = document) => [...in_.querySelectorAll(sel)];
  const rows = () => all("[data-keys] > .row");
  let at = -1;

  const move = (to) => {
    const list = rows();
    if (!list.length) return;
    at = Math.max(0, Math.min(list.length - 1, to));
    list.forEach((r, i) => r.classList.toggle("at", i === at));
    const link = list[at].querySelector(".row-link");
    if (link) link.focus({ preventScroll: true });
    list[at].scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("focusin", (e) => {
    const row = e.target.closest && e.target.closest("[data-keys] > .row");
    if (row) { at = rows().indexOf(row); rows().forEach((r) => r.classList.toggle("at", r === row)); }
  });

  // The bulk bar: its acts come once something is selected.
  for (const bar of all("[data-bulk]")) {
    const boxes = () => all(`input[type=checkbox][name=id][form="${bar.getAttribute("id")}"]`);
    const out = bar.querySelector("[data-count]"), every = bar.querySelector("[data-all]");
    let last = null;
    const say = () => {
      const list = boxes(), n = list.filter((b) => b.checked).length;
      out.textContent = out.dataset.count.replace("#", n);
      bar.classList.toggle("some", n > 0);
      bar.classList.toggle("none", n === 0);
      all(".bulk-acts button", bar).forEach((b) => { b.disabled = n === 0; });
      every.checked = n > 0 && n === list.length;
      every.indeterminate = n > 0 && n < list.length;
    };
    every.addEventListener("change", () => { boxes().forEach((b) => { b.checked = every.checked; }); say(); });
    document.addEventListener("click", (e) => {
      const list = boxes(), i = list.indexOf(e.target);
      if (i < 0) return;
      if (e.shiftKey && last !== null) list.slice(Math.min(i, last), Math.max(i, last) + 1).forEach((b) => { b.checked = e.target.checked; });
      last = i;
      say();
    });
    document.addEventListener("change", say);
    addEventListener("pageshow", say);
    say();
  }

  // A prepared reply goes where the cursor is, and leaves what was typed.
  for (const a of all("[data-insert]")) {
    a.addEventListener("click", (e) => {
      const to = document.querySelector(`textarea[name="${a.dataset.into}"]`);
      if (!to) return;
      e.preventDefault();
      to.setRangeText(a.dataset.insert, to.selectionStart, to.selectionEnd, "end");
      to.dispatchEvent(new Event("input", { bubbles: true }));
      to.focus();
    });
  }

  const help = () => {
    const old = document.querySelector("dialog.keys-help");
    if (old) return old.open ? old.close() : old.showModal();
    const t = document.getElementById("keys-help");
    if (!t) return;
    const d = t.content.firstElementChild.cloneNode(true);
    document.body.append(d);
    d.showModal();
  };

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    const el = e.target;
    const typing = el.isContentEditable || el.tagName === "TEXTAREA" || el.tagName === "SELECT" || (el.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(el.type));
    if (typing) { if (e.key === "Escape") el.blur(); return; }
    if (document.querySelector("dialog[open]") && e.key !== "?") return;
    const row = rows()[at];
    let did = true;
    switch (e.key) {
      case "j": move(at + 1); break;
      case "k": move(at < 0 ? 0 : at - 1); break;
      case "x": { const box = row && row.querySelector(".pick input"); if (box) box.click(); else did = false; break; }
      case "Enter": { const link = row && (el === document.body || el === row) && row.querySelector(".row-link"); if (link) link.click(); else did = false; break; }
      case "/": { const s = document.querySelector("[data-search]"); if (s) { s.focus(); s.select(); } else did = false; break; }
      case ".": { const a = [".bulk.some .bulk-acts button", "[data-acts] .button", ".head-acts .button:not([hidden], [data-read])"].map((s) => document.querySelector(s)).find(Boolean); if (a) a.focus(); else did = false; break; }
      case "?": help(); break;
      default: {
        const b = /^[a-z]$/.test(e.key) && document.querySelector(`[data-key="${e.key}"]`);
        if (b) b.click(); else did = false;
      }
    }
    if (did) e.preventDefault();
  });
})();
