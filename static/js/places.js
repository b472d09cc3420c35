// Where somebody is, and corners of a zone on the drawn map.
"use strict";
(() => {
  // where somebody is, is asked on the press alone, rounded to a hundred yards, and told to the search
  const locate = (button) => {
    const say = (words) => { document.getElementById("located").textContent = words; };
    if (!navigator.geolocation) return say("Your browser does not tell places. Type a ZIP code instead.");
    say("Finding where you are.");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => location.assign(`/stores?lat=${coords.latitude.toFixed(3)}&lon=${coords.longitude.toFixed(3)}`),
      () => { say("We could not find out where you are. Type a ZIP code instead."); button.focus(); },
      { timeout: 10000, maximumAge: 300000 });
  };
  document.addEventListener("click", ({ target }) => { const hit = target.closest?.("[data-locate]"); if (hit) locate(hit); });

  // a press on the drawn map is one more corner of the zone that is being drawn
  document.addEventListener("click", (event) => {
    const svg = event.target.closest?.("[data-draws] svg");
    if (!svg) return;
    const [lat, lon, up, across] = svg.dataset.turned.split(" ").map(Number);
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const { width, height } = svg.viewBox.baseVal;
    const field = document.getElementById(svg.closest("[data-draws]").dataset.draws);
    const corner = `${(lat - (at.y - height / 2) * up).toFixed(5)}, ${(lon + (at.x - width / 2) * across).toFixed(5)}`;
    field.value = field.value.trimStart().startsWith("{") ? corner : `${field.value.trimEnd()}\n${corner}`.trimStart();
    document.getElementById("kind-area").checked = true;
  });
})();
