// SPDX-License-Identifier: Apache-2.0
// Shows what a push service hands on, and opens the page it is about. It keeps
// nothing and answers no request.
"use strict";

self.addEventListener("push", (e) => {
  let m = {};
  try {
    m = e.data ? e.data.json() : {};
  } catch {
    m = {};
  }
  e.waitUntil(self.registration.showNotification(m.title || location.host, { body: m.body || "", data: { url: m.url || "/news" } }));
});

self.addEventListener("notificationclick", (e) => {
  e.notification.close();
  const to = new URL(e.notification.data.url, location.origin);
  if (to.origin !== location.origin) return;
  e.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((open) => {
      const there = open.find((c) => c.url === to.href);
      return there ? there.focus() : self.clients.openWindow(to.href);
    }),
  );
});
