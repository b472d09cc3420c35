// Taps of the kitchen that did not arrive.
"use strict";
(() => {
  // a tap that did not arrive is said until another one does
  const untaken = (words) => {
    const bar = document.getElementById("untaken");
    bar.hidden = !words;
    bar.textContent = words;
  };
  const failed = ({ detail: { ctx } }) => {
    const form = ctx?.sourceElement?.closest?.("form");
    if (!form || ctx.response?.status < 500) return;
    const order = form.action.match(/orders\/(\d+)/)?.[1];
    untaken(`Order ${order} was NOT moved: the tap did not arrive. Look at the ticket and tap again.`);
  };

  document.addEventListener("DOMContentLoaded", () => {
    if (!document.getElementById("untaken")) return;
    document.addEventListener("htmx:error", failed);
    document.addEventListener("htmx:response:error", failed);
    document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
      if (ctx?.sourceElement?.matches?.("form") && ctx.response?.status < 500) untaken("");
    });
  });
})();
