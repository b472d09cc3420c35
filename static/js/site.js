// What HTML and htmx cannot do alone: move focus to errors, time the toast, say that the network is gone.
// Loaded before htmx in one bundle, so that its listeners hear the first event.
"use strict";
(() => {
  const flash = () => document.getElementById("flash");

  const say = (words) => {
    const p = document.createElement("p");
    p.className = "bad";
    p.textContent = words;
    flash()?.replaceChildren(p);
  };

  // a toast stays while a pointer or the focus is on it
  let timer;
  const timeToast = () => {
    clearTimeout(timer);
    const box = flash();
    if (!box?.childElementCount) return;
    timer = setTimeout(() => (box.matches(":hover, :focus-within") ? timeToast() : box.replaceChildren()),
      box.querySelector("a, button") ? 10000 : 6000);
  };

  const focusErrors = () => {
    const summary = document.querySelector(":is([data-error-summary], [data-focus]):not([data-seen])");
    if (!summary) return;
    summary.dataset.seen = "";
    summary.focus();
  };

  // the chip of the section in view is the current one
  const followSections = () => {
    const links = [...document.querySelectorAll(".cats a[href^='#']")];
    const seen = new IntersectionObserver((entries) => entries.filter((e) => e.isIntersecting).forEach((entry) => {
      for (const link of links) {
        if (link.hash === `#${entry.target.id}`) {
          link.setAttribute("aria-current", "true");
          link.parentElement.scrollTo({ left: link.offsetLeft - 16 });
        } else link.removeAttribute("aria-current");
      }
    }), { rootMargin: "-30% 0px -60%" });
    links.forEach((link) => { const part = document.querySelector(link.hash); if (part) seen.observe(part); });
  };

  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(timeToast).observe(flash() ?? document.body, { childList: true });
    timeToast();
    focusErrors();
    if (document.querySelector(".cats")) followSections();
  });
  document.addEventListener("htmx:after:swap", focusErrors);

  // back at a builder that was sent already, Add means another one: its key against double clicks is a new one
  addEventListener("pageshow", () => document.querySelectorAll("#builder [name='idem']").forEach((key) => {
    key.value = Math.random().toString(36).slice(2, 14);
  }));

  // a button that rests while its request runs, or goes with its line, hands the focus back
  let held;
  document.addEventListener("htmx:before:request", () => { held = document.activeElement; });
  document.addEventListener("htmx:finally:request", () => setTimeout(() => {
    if (document.activeElement !== document.body || !held || held === document.body) return;
    (held.isConnected ? held : document.getElementById("cart-head"))?.focus();
  }));

  // our own refusals bring their words out of band; anything else above 500 comes from something in between
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    if (ctx.response.status < 500 || ctx.text?.includes("id=\"flash\"")) return;
    ctx.swap = "none";
    say("That did not work. Nothing was charged by this step. Please try again.");
  });
  document.addEventListener("htmx:error", ({ detail }) => {
    if (detail.ctx) say("You seem to be offline. Nothing is lost. Please try again.");
  });

  // the second click of a double click adds nothing; a disabled button would lose the focus
  document.addEventListener("click", (event) => {
    if (event.detail < 2 || !event.target.closest?.("[data-once]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("click", async (event) => {
    const hit = event.target.closest?.("[data-copy], [data-print], [data-opens], [data-closes]");
    if (!hit) return;
    if (hit.matches("[data-print]")) window.print();
    else if (hit.matches("[data-opens]")) document.getElementById(hit.dataset.opens)?.showModal();
    else if (hit.matches("[data-closes]")) hit.closest("dialog")?.close();
    else {
      await navigator.clipboard.writeText(hit.dataset.copy || location.href);
      hit.textContent = "Link copied";
    }
  });
})();
