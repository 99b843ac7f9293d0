// SPDX-License-Identifier: Apache-2.0
// What the card shows when a page is sent on inside WeChat. Without its browser, or when
// it does not answer, the page is as it is.
(() => {
  const from = document.querySelector('meta[name="card"]');
  if (!from || !window.wx) return;
  const of = (name) => document.querySelector(`meta[property="og:${name}"]`)?.content || '';
  const card = { title: of('title'), desc: of('description'), link: of('url'), imgUrl: of('image') };
  fetch(from.content).then((a) => (a.ok ? a.json() : null)).then((conf) => {
    if (!conf) return;
    window.wx.config({ ...conf, jsApiList: ['updateAppMessageShareData', 'updateTimelineShareData'] });
    window.wx.ready(() => {
      window.wx.updateAppMessageShareData(card);
      window.wx.updateTimelineShareData(card);
    });
  }).catch(() => {});
})();
