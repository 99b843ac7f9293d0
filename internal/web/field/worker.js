// SPDX-License-Identifier: Apache-2.0
// Keeps the app of the field on the phone, so that it opens without network. It keeps the
// page that says nothing of anybody, and its files; what is shown in it is kept elsewhere,
// encrypted, and never here.
"use strict";

const KEPT = ["kept"];
const NAME = "field " + KEPT.join(" ");

self.addEventListener("install", (e) => {
  e.waitUntil(caches.open(NAME).then((c) => c.addAll(KEPT)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (e) => {
  e.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((n) => n.startsWith("field ") && n !== NAME).map((n) => caches.delete(n))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin) return;
  if (e.request.mode === "navigate" && url.pathname === "/field") {
    // The newest, if it comes within some seconds; otherwise the one that is kept.
    const kept = () => caches.open(NAME).then((c) => c.match("/field"));
    e.respondWith(
      new Promise((done) => {
        const late = setTimeout(() => kept().then((r) => r && done(r)), 3000);
        fetch(e.request).then(
          (r) => {
            clearTimeout(late);
            if (r.ok) done(r);
            else kept().then((k) => done(k || r));
          },
          () => {
            clearTimeout(late);
            kept().then((k) => done(k || Response.error()));
          },
        );
      }),
    );
    return;
  }
  if (KEPT.includes(url.pathname)) e.respondWith(caches.open(NAME).then((c) => c.match(url.pathname)).then((r) => r || fetch(e.request)));
});
