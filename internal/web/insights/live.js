// SPDX-License-Identifier: Apache-2.0
// The command room hears that something has happened, fetches its own page again,
// and puts the new one in place of what is shown. Without this the page has a link.
(() => {
  'use strict';
  const state = document.querySelector('[data-live-state]');
  const shown = () => document.querySelector('[data-live]');
  if (!shown() || !window.EventSource) return;
  let busy = false, again = false;

  const say = (on) => { state.textContent = (on ? state.dataset.on : state.dataset.off) + ' · ' + new Date().toLocaleTimeString(document.documentElement.lang, { timeZone: 'Asia/Shanghai', hour12: false, hour: '2-digit', minute: '2-digit', second: '2-digit' }); };

  // Where the reader is with the keyboard stays: the same link in the new page.
  const address = (el) => (el && el.closest && el.closest('[data-live]') ? el.getAttribute('href') : null);

  async function renew() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
      if (!answer.ok) { say(false); return; }
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-live]');
      if (!fresh) { say(false); return; }
      const at = address(document.activeElement);
      // What a script has made of a part of the page goes on in the new one.
      const here = document.activeElement;
      for (const el of shown().querySelectorAll('[data-keep][data-alive]')) fresh.querySelector(`[data-keep="${el.dataset.keep}"]`)?.replaceWith(el);
      const open = [...shown().querySelectorAll('details')].map((d) => d.open);
      shown().replaceWith(document.adoptNode(fresh));
      shown().querySelectorAll('details').forEach((d, i) => { d.open = !!open[i]; });
      if (here !== document.activeElement && shown().contains(here)) here.focus({ preventScroll: true });
      else if (at) {
        const back = [...shown().querySelectorAll('a[href]')].find((a) => a.getAttribute('href') === at);
        if (back) back.focus({ preventScroll: true });
      }
      document.dispatchEvent(new Event('renewed'));
      say(true);
    } catch (e) {
      say(false);
    } finally {
      busy = false;
      if (again) { again = false; renew(); }
    }
  }

  const source = new EventSource(shown().dataset.live);
  source.onopen = () => say(true);
  source.onerror = () => say(false);
  source.addEventListener('change', renew);
  setInterval(renew, 60000); // lights change though nothing happens
})();
