// SPDX-License-Identifier: Apache-2.0
// Turns messages of this browser on: asks the person, subscribes at the browser's
// push service, and hands the subscription to the town by the form that stands there.
// Where a browser cannot, it says so; the other ways are on the same page.
"use strict";

(() => {
  const form = document.querySelector("form[data-push]");
  if (!form) return;
  const say = (name) => {
    for (const p of form.querySelectorAll("[data-say]")) p.hidden = p.dataset.say !== name;
  };
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    say("cannot");
    return;
  }
  say("");
  const button = form.querySelector("button");
  button.hidden = false;
  const bytes = (s) => Uint8Array.from(atob(s.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  form.addEventListener("submit", async (e) => {
    if (form.elements.push.value) return; // subscribed: it goes to the town
    e.preventDefault();
    button.disabled = true;
    say("wait");
    try {
      if ((await Notification.requestPermission()) !== "granted") {
        say("denied");
        return;
      }
      const worker = await navigator.serviceWorker.register("/push-worker.js");
      await navigator.serviceWorker.ready;
      const old = await worker.pushManager.getSubscription();
      if (old) await old.unsubscribe();
      const sub = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.push) });
      form.elements.push.value = JSON.stringify(sub);
      form.submit();
    } catch {
      say("failed");
    } finally {
      button.disabled = false;
    }
  });
})();
