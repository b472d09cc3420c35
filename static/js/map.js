// The map of stores on pictures of the ground, in place of the drawing. It comes after the list and takes nothing from
// it: should the pictures not come, the drawing is back.
"use strict";
(() => {
  const box = document.getElementById("tiles");
  if (!box?.dataset.tiles || !window.L) return;
  const drawing = box.firstElementChild;
  const pins = [...drawing.querySelectorAll("[data-lat]")].reverse().map((pin) => ({ ...pin.dataset, id: pin.id, hash: pin.getAttribute("href") }));
  const ground = document.createElement("div");
  ground.className = "ground";
  box.replaceChildren(ground);
  const map = L.map(ground, { scrollWheelZoom: false, attributionControl: true });
  map.attributionControl.setPrefix(false);
  const back = () => { map.remove(); box.replaceChildren(drawing); };
  L.tileLayer(box.dataset.tiles, { maxZoom: 18, attribution: box.dataset.thanks }).once("tileerror", () => setTimeout(back)).addTo(map);
  map.fitBounds(pins.map((pin) => [pin.lat, pin.lon]), { padding: [40, 40], maxZoom: 14 });
  for (const pin of pins) {
    const icon = L.divIcon({ className: "leaf-pin", html: `<span>${Number(pin.number)}</span>`, iconSize: [34, 34], iconAnchor: [17, 34] });
    const marker = L.marker([pin.lat, pin.lon], { icon, title: pin.name, alt: pin.name, keyboard: true }).addTo(map);
    marker.getElement().id = pin.id;
    marker.getElement().setAttribute("aria-label", `${pin.number}, ${pin.name}`);
    const go = () => { location.hash = pin.hash; document.querySelector(`${pin.hash} h3 a`)?.focus(); };
    marker.on("click", go).on("keypress", ({ originalEvent }) => { if (originalEvent.key === "Enter") go(); });
  }
})();
