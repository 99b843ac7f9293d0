// SPDX-License-Identifier: Apache-2.0
// A reply is read while it is written, without leaving the page: what was chosen
// to go with it stays. Without this the button shows the page again.
(() => {
  const button = document.querySelector("button[data-check]"), said = document.querySelector("[data-advice]");
  if (!button || !said || !("fetch" in window)) return;
  const form = button.form, words = form.elements.words;
  let timer, running, last;
  const check = async () => {
    clearTimeout(timer);
    if (words.value === last) return;
    last = words.value;
    if (running) running.abort();
    const mine = running = new AbortController();
    try {
      const r = await fetch(form.action, { method: "POST", body: new URLSearchParams({ words: last, go: "check" }), signal: mine.signal });
      if (!r.ok) return;
      const fresh = new DOMParser().parseFromString(await r.text(), "text/html").querySelector("[data-advice]");
      if (fresh) said.replaceChildren(...fresh.childNodes);
    } catch { last = undefined; } // no net: the button still asks for the page
  };
  button.addEventListener("click", (e) => { e.preventDefault(); last = undefined; check(); });
  words.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(check, 1500); });
})();
