// SPDX-License-Identifier: Apache-2.0
// Raising a matter is better with this, and works without it: the phone's own
// position.
(() => {
  const box = document.querySelector("[data-gps]");
  const lat = document.querySelector("[data-lat]"), lon = document.querySelector("[data-lon]");
  if (box && lat && lon && "geolocation" in navigator) {
    const said = box.querySelector("[data-gps-said]");
    box.hidden = false;
    box.querySelector("button").addEventListener("click", () => {
      said.textContent = said.dataset.gpsWait;
      navigator.geolocation.getCurrentPosition((p) => {
        lat.value = p.coords.latitude.toFixed(6);
        lon.value = p.coords.longitude.toFixed(6);
        said.textContent = said.dataset.gpsSaid;
      }, () => { said.textContent = said.dataset.gpsNot; }, { enableHighAccuracy: true, timeout: 15000 });
    });
  }
})();
