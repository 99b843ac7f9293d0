// SPDX-License-Identifier: Apache-2.0
// Begins the app of the field: keeps it on the phone, and shows it.
"use strict";
(() => {
  const root = document.getElementById("field");
  if (!root) return;
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = root.dataset.sheet;
  const manifest = document.createElement("link");
  manifest.rel = "manifest";
  manifest.href = "/field/app.webmanifest";
  document.head.append(sheet, manifest);
  const say = (name) => {
    for (const p of root.querySelectorAll("[data-say]")) p.hidden = p.dataset.say !== name;
  };
  if (!window.isSecureContext || !("indexedDB" in window) || !window.crypto || !crypto.subtle) return say("cannot");
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/field/worker.js", { scope: "/field" }).catch(() => {}); // it opens without it, but not offline
  import(root.dataset.app).then((m) => m.show(root)).catch(() => say("broken"));
})();
