// SPDX-License-Identifier: Apache-2.0
// Raising a matter is better with this, and works without it: the phone's own
// position, and the very spot on the map.
(() => {
  const form = document.querySelector("form.raise");
  if (!form) return;
  const lat = form.elements.lat, lon = form.elements.lon;
  const gps = form.querySelector("[data-gps]");
  if (gps && "geolocation" in navigator) {
    const said = form.querySelector("[data-gps-wait]");
    gps.hidden = false;
    gps.addEventListener("click", () => {
      said.textContent = said.dataset.gpsWait;
      navigator.geolocation.getCurrentPosition((p) => {
        lat.value = p.coords.latitude.toFixed(6);
        lon.value = p.coords.longitude.toFixed(6);
        form.requestSubmit(form.querySelector("[data-locate]"));
      }, () => { said.textContent = said.dataset.gpsNot; }, { enableHighAccuracy: true, timeout: 15000 });
    });
  }
  const map = form.querySelector("svg[data-map]"), take = form.querySelector("[data-take]");
  if (map && take) {
    const said = form.querySelector("[data-picked]");
    map.addEventListener("click", (e) => {
      const grid = e.target.closest("button[name=go]");
      if (!grid || !e.detail) return; // by the keyboard a grid is chosen, not a spot
      e.preventDefault();
      const at = new DOMPoint(e.clientX, e.clientY).matrixTransform(map.getScreenCTM().inverse());
      lon.value = (+map.dataset.west + at.x / map.dataset.lon).toFixed(6);
      lat.value = (map.dataset.north - at.y / map.dataset.lat).toFixed(6);
      form.elements.place.value = grid.value.split(":")[1];
      for (const g of map.querySelectorAll(".here")) g.classList.remove("here");
      grid.closest("g[class]").classList.add("here");
      let pin = map.querySelector(".map-pin");
      if (!pin) {
        pin = document.createElementNS("http://www.w3.org/2000/svg", "path");
        pin.setAttribute("class", "map-pin");
        map.append(pin);
      }
      pin.setAttribute("d", `M${at.x} ${at.y}${map.dataset.pin}`);
      said.textContent = grid.getAttribute("aria-label");
      take.hidden = false;
    });
  }
})();
