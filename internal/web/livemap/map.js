// SPDX-License-Identifier: Apache-2.0
// A drawn map becomes one that can be moved. The drawing stays where the browser
// cannot draw by itself, or the reader does not ask; the list is complete without it.
(() => {
  'use strict';
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const say = (text, ...values) => text.replace(/\{(\d)\}/g, (_, i) => values[i] ?? '');
  const make = (name, cls, text) => {
    const el = document.createElement(name);
    if (cls) el.className = cls;
    if (text) el.textContent = text;
    return el;
  };

  function load(src) {
    return new Promise((done, failed) => {
      const s = make('script');
      s.src = src; s.onload = done; s.onerror = failed;
      document.head.append(s);
    });
  }

  function sheet(href) {
    return new Promise((done) => {
      if (document.querySelector(`link[href="${href}"]`)) { done(); return; }
      const l = make('link');
      l.rel = 'stylesheet'; l.href = href; l.onload = done; l.onerror = done;
      document.head.append(l);
    });
  }

  // style is the map without what lies on it: the background if there is one, else
  // paper, and over it the town's own lines and names.
  function style(set) {
    const ink = token('ink'), paper = token('paper'), line = token('ink-3');
    const over = set.background;
    const sources = {}, layers = [{ id: 'paper', type: 'background', paint: { 'background-color': over ? paper : token('quiet-soft') } }];
    if (over) {
      for (const [id, s] of Object.entries(over.sources)) {
        sources[id] = { ...s, ...(s.tiles ? { tiles: s.tiles.map((t) => location.origin + t) } : { url: `pmtiles://${location.origin}${s.url}` }) };
      }
      for (const l of over.layers) {
        const paint = {};
        for (const [k, v] of Object.entries(l.paint ?? {})) paint[k] = typeof v === 'string' && v.startsWith('--') ? token(v.slice(2)) : v;
        layers.push({ ...l, paint });
      }
    }
    const none = { type: 'geojson', data: { type: 'FeatureCollection', features: [] } };
    for (const kind of ['city', 'town', 'village', 'grid']) { sources[kind] = none; sources[`${kind}-names`] = none; }
    const here = ['==', ['to-string', ['get', 'id']], set.of];
    const lines = (kind, from, width, color, dash) => ({ id: `${kind}-line`, source: kind, type: 'line', minzoom: from, layout: { 'line-join': 'round' },
      paint: { 'line-color': color, 'line-width': width, ...(dash ? { 'line-dasharray': dash } : {}) } });
    const names = (kind, from, to, size) => ({ id: `${kind}-names`, source: `${kind}-names`, type: 'symbol', minzoom: from, maxzoom: to,
      layout: { 'text-field': ['get', 'name'], 'text-size': size, 'text-padding': 4, 'text-max-width': 8, 'text-anchor': 'top', 'text-offset': [0, 1.3] },
      paint: { 'text-color': ink, 'text-halo-color': token('sheet'), 'text-halo-width': 1.6 } });
    layers.push(
      { id: 'ground', source: 'city', type: 'fill', paint: { 'fill-color': token(set.whole ? 'sheet' : 'tint'), 'fill-opacity': over ? 0 : 1 } },
      ...['town', 'village'].map((kind) => ({ id: `${kind}-here`, source: kind, type: 'fill', filter: here, paint: { 'fill-color': token('sheet'), 'fill-opacity': over ? 0 : 1 } })),
      lines('grid', 12.6, .6, line, [2, 2]), lines('village', 10.6, .8, line), lines('town', 0, 1.4, token('ink-2')), lines('city', 0, 2.4, token('ink-2')),
      ...['town', 'village'].map((kind) => ({ id: `${kind}-rim`, source: kind, type: 'line', filter: here, paint: { 'line-color': token('indigo'), 'line-width': 3 } })),
      names('grid', 14.2, 24, 12), names('village', 11, 24, 13), names('town', 0, 12.4, 15));
    return { version: 8, sources, layers };
  }

  // ring is a bubble's border: what share is late, soon, and neither.
  function ring(c, size) {
    const at = 'http://www.w3.org/2000/svg', r = size / 2 - 4, round = 2 * Math.PI * r;
    const svg = document.createElementNS(at, 'svg');
    svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
    svg.setAttribute('aria-hidden', 'true');
    let from = 0;
    const parts = c.red === undefined ? [['one', c.n]] : [['late', c.red], ['soon', c.yellow], ['done', c.n - c.red - c.yellow]];
    for (const [name, n] of [['back', c.n], ...parts]) {
      if (!n) continue;
      const arc = document.createElementNS(at, 'circle');
      const long = (n / c.n) * round;
      for (const [k, v] of Object.entries({ class: `ring-${name}`, cx: size / 2, cy: size / 2, r: name === 'back' ? size / 2 - 1 : r,
        'stroke-dasharray': name === 'back' ? '' : `${long} ${round - long}`, 'stroke-dashoffset': name === 'back' ? 0 : -from,
        transform: `rotate(-90 ${size / 2} ${size / 2})` })) if (v !== '') arc.setAttribute(k, v);
      if (name !== 'back') from += long;
      svg.append(arc);
    }
    return svg;
  }

  const tone = (c) => (c.red ? 'late' : c.yellow ? 'soon' : 'done');

  // bubble is what stands for a cluster: a link, with the number in a ring.
  function bubble(c, set) {
    const el = make('a', `bubble${c.rough ? ' rough' : ''}${c.red === undefined ? '' : ` is-${tone(c)}`}`);
    const size = Math.round(34 + 9 * Math.log10(c.n) + (c.n > 1 ? 2 : -4));
    el.style.width = el.style.height = `${size}px`;
    el.append(ring(c, size), make('span', '', c.n > 1 || c.red === undefined ? String(c.n) : { late: '!', soon: '…', done: '·' }[tone(c)]));
    const words = c.red === undefined ? set.words.count : c.n === 1 ? set.words.alone : set.words.many;
    const said = say(words, c.n, c.red, c.yellow, c.text) + (c.rough && c.red !== undefined ? set.words.rough : '');
    el.title = said;
    return [el, said];
  }

  async function start(figure, set, began) {
    figure.dataset.alive = '1'; // from here on it stays in the page
    const drawn = figure.querySelector('svg.map');
    const [lib] = await Promise.all([import(set.lib), ...set.sheets.map(sheet), set.background?.lib ? load(set.background.lib) : null]);
    lib.setWorkerUrl(set.worker);
    if (set.background?.lib) lib.addProtocol('pmtiles', new window.pmtiles.Protocol().tile);
    const box = make('div', 'live-map');
    const note = make('p', 'live-note'); // what is said about the map
    note.setAttribute('role', 'status');
    drawn.before(box);
    const w = set.words, [west, south, east, north] = set.box;
    const pad = Math.max(east - west, north - south);
    let map;
    try {
      map = new lib.Map({
        container: box, style: style(set), bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: 24 }, maxZoom: 17.5, attributionControl: false,
        maxBounds: [[west - pad, south - pad], [east + pad, north + pad]], dragRotate: false, pitchWithRotate: false, touchPitch: false, cooperativeGestures: matchMedia('(pointer: coarse)').matches,
        localIdeographFontFamily: token('serif') || 'serif', renderWorldCopies: false, fadeDuration: 0,
        locale: { 'Map.Title': w.label, 'NavigationControl.ZoomIn': w.in, 'NavigationControl.ZoomOut': w.out, 'CooperativeGesturesHandler.WindowsHelpText': w.zoom,
          'CooperativeGesturesHandler.MacHelpText': w.zoom, 'CooperativeGesturesHandler.MobileHelpText': w.zoom, 'AttributionControl.ToggleAttribution': w.credit },
      });
    } catch {
      box.remove(); // the browser cannot draw it: the drawing stays
      throw new Error('no WebGL');
    }
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new lib.NavigationControl({ showCompass: false }), 'top-right');
    map.addControl(new lib.ScaleControl({ maxWidth: 90 }), 'bottom-left');
    const licence = make('a', '', 'MapLibre');
    licence.href = set.licence;
    map.addControl(new lib.AttributionControl({ compact: false, customAttribution: [licence.outerHTML, ...(set.background?.credit ? [make('i', '', set.background.credit).innerHTML] : [])] }), 'bottom-right');
    const all = make('button', 'button small live-all', w.all);
    all.type = 'button';
    all.addEventListener('click', () => map.fitBounds([[west, south], [east, north]], { padding: 24 }));
    box.append(all);
    drawn.remove();
    figure.querySelector('.map-legend')?.remove();
    box.after(note);
    if (began) map.getCanvas().focus();

    const wanted = { city: -1, town: -1, village: 10, grid: 12.2 }, have = new Set();
    async function lines() {
      for (const [kind, from] of Object.entries(wanted)) {
        if (have.has(kind) || map.getZoom() < from) continue;
        have.add(kind);
        try {
          const data = await (await fetch(set.outlines[kind])).json();
          map.getSource(kind).setData({ type: 'FeatureCollection', features: data.features.filter((f) => f.geometry.type !== 'Point') });
          map.getSource(`${kind}-names`).setData({ type: 'FeatureCollection', features: data.features.map((f) => ({ type: 'Feature',
            properties: { name: f.properties[set.name] || f.properties.name }, geometry: { type: 'Point', coordinates: f.properties.label ?? f.geometry.coordinates } }))
            .filter((f) => typeof f.geometry.coordinates[0] === 'number') });
        } catch { have.delete(kind); }
      }
    }

    const room = 60; // that a bubble takes, in pixels
    let marks = [], turn = 0, known = null;
    const bounds = () => {
      const b = map.getBounds(), cut = (v, m) => Math.max(-m, Math.min(m, v)).toFixed(5);
      return [cut(b.getWest(), 180), cut(b.getSouth(), 90), cut(b.getEast(), 180), cut(b.getNorth(), 90)].join(',');
    };
    const at = (path, more) => path + (path.includes('?') ? '&' : '?') + more;

    // nearer goes to where a cluster opens, and the list with it.
    function nearer(c, byKey) {
      if (byKey) focusList = true;
      map.easeTo({ center: [c.x, c.y], zoom: Math.min(map.getZoom() + 2, 17) });
    }
    let focusList = false;

    function put(c) {
      const [el, said] = bubble(c, set);
      el.href = c.href ?? at(set.here, `box=${bounds()}`);
      el.addEventListener('click', (e) => {
        if (e.ctrlKey || e.metaKey || e.shiftKey) return;
        const alone = c.href && c.n === 1 && c.red !== undefined;
        if (alone || (c.red === undefined && (e.detail === 0 || map.getZoom() >= 14.2))) return; // the link is followed
        e.preventDefault();
        nearer(c, e.detail === 0);
      });
      const mark = new lib.Marker({ element: el }).setLngLat([c.x, c.y]).addTo(map);
      el.removeAttribute('role');
      el.setAttribute('aria-label', said);
      return mark;
    }

    async function renew() {
      const mine = ++turn, seen = bounds();
      try {
        const [points, here] = await Promise.all([
          set.once && known ? known : fetch(set.once ? set.points : at(set.points, `box=${seen}&across=${Math.round(box.clientWidth / room)}`)).then((r) => (r.ok ? r.json() : Promise.reject(new Error(r.status)))),
          set.here ? fetch(at(set.here, `box=${seen}`), { headers: { Accept: 'text/html' } }).then((r) => (r.ok ? r.text() : Promise.reject(new Error(r.status)))) : null,
        ]);
        if (set.once) known = points;
        if (mine !== turn) return;
        const was = document.activeElement?.closest?.('.bubble')?.getAttribute('aria-label');
        for (const m of marks) m.remove();
        const zoom = map.getZoom(), view = map.getBounds();
        marks = points.clusters.filter((c) => !set.once || (zoom >= c.from && zoom < c.to && view.contains([c.x, c.y]))).map(put);
        note.textContent = points.says ?? '';
        box.dataset.ready = String(marks.length); // what lies on the map is there
        if (was) marks.find((m) => m.getElement().getAttribute('aria-label') === was)?.getElement().focus({ preventScroll: true });
        const list = document.querySelector('[data-map-here]');
        if (list && here) {
          const fresh = new DOMParser().parseFromString(here, 'text/html').querySelector('[data-here]');
          if (fresh) {
            const inside = list.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
            list.replaceChildren(document.adoptNode(fresh));
            list.hidden = false;
            list.dataset.alive = '1';
            if (inside) [...list.querySelectorAll('a')].find((a) => a.getAttribute('href') === inside)?.focus({ preventScroll: true });
            if (focusList) { focusList = false; const h = list.querySelector('.here-head'); if (h) { h.tabIndex = -1; h.focus(); } }
          }
        }
      } catch {
        if (mine === turn) note.textContent = w.lost;
      }
    }

    let soon = 0;
    const later = () => { clearTimeout(soon); soon = setTimeout(() => { lines(); renew(); }, 120); };
    map.on('load', lines);
    renew(); // what lies on the map does not wait for it
    map.on('moveend', later);
    map.on('error', () => {}); // a tile of the background that does not come is no fault of the map
    document.addEventListener('renewed', () => { known = null; renew(); });
  }

  for (const figure of document.querySelectorAll('[data-map-live]')) {
    const set = JSON.parse(figure.dataset.mapLive);
    const go = (began) => start(figure, set, began).catch(() => { delete figure.dataset.alive; }); // what is missing leaves the drawing
    if (set.auto) { go(false); continue; }
    const ask = make('button', 'button small live-open', set.words.open);
    ask.type = 'button';
    ask.addEventListener('click', () => { ask.disabled = true; go(true).then(() => ask.remove()); });
    figure.querySelector('figcaption').prepend(ask);
  }
})();
