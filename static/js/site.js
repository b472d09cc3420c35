// What HTML and htmx cannot do alone: move focus to errors, time the toast, say that the network is gone.
// Loaded before htmx in one bundle, so that its listeners hear the first event.
"use strict";
(() => {
  const flash = () => document.getElementById("flash");

  const say = (words) => { // once, however often what asks each second fails
    if (flash()?.textContent === words) return;
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
  let sections;
  const followSections = () => {
    sections?.disconnect();
    const links = [...document.querySelectorAll("#sections a[href^='#']")];
    sections = new IntersectionObserver((entries) => entries.filter((e) => e.isIntersecting).forEach((entry) => {
      for (const link of links) {
        if (link.hash === `#${entry.target.id}`) {
          link.setAttribute("aria-current", "true");
          link.parentElement.scrollTo({ left: link.offsetLeft - 16 });
        } else link.removeAttribute("aria-current");
      }
    }), { rootMargin: "-30% 0px -60%" });
    links.forEach((link) => { const part = document.querySelector(link.hash); if (part) sections.observe(part); });
  };

  // a box that leaves of a list only what has its words
  const find = (box) => {
    const words = box.value.trim().toLowerCase();
    let found = 0;
    for (const row of document.querySelectorAll(box.dataset.find)) {
      const name = row.querySelector("legend").textContent.toLowerCase();
      row.hidden = !name.includes(words);
      found += !row.hidden;
    }
    const none = document.getElementById(box.dataset.findNone);
    none.textContent = found ? "" : none.dataset.none;
  };
  const findAgain = () => { const box = document.querySelector("[data-find]"); if (box?.value) find(box); };
  document.addEventListener("input", ({ target }) => { if (target.matches("[data-find]")) find(target); });
  for (const kind of ["change", "keydown"]) {
    document.addEventListener(kind, (event) => {
      if (!event.target.matches?.("[data-find]")) return;
      if (kind === "change") event.stopImmediatePropagation(); // it is no field of the form
      else if (event.key === "Enter") event.preventDefault();
    }, true);
  }

  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(timeToast).observe(flash() ?? document.body, { childList: true });
    timeToast();
    focusErrors();
    followSections();
    findAgain();
  });
  document.addEventListener("htmx:after:swap", () => { focusErrors(); followSections(); findAgain(); });

  // a morph brings what the server chose as attributes, at which a field that was touched looks no more; what was touched
  // again while the answer was on its way stays as it is
  let touches = 0;
  const touched = new Map();
  document.addEventListener("change", ({ target }) => touched.set(target.name, ++touches), true);
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    ctx.form = ctx.sourceElement.closest("form");
    ctx.touches = touches;
  });
  document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
    ctx.morphed = tasks.find(({ type, swapSpec }) => type === "main" && swapSpec.style === "outerMorph")?.target;
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    for (const field of ctx?.form?.elements ?? []) {
      if (!ctx.morphed?.contains(field) || touched.get(field.name) > ctx.touches) continue;
      if (["radio", "checkbox"].includes(field.type)) field.checked = field.defaultChecked;
      for (const option of field.options ?? []) option.selected = option.defaultSelected;
    }
  });

  // what was typed into the field for a code stays through every change of the cart but its own
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => ctx?.sourceElement?.closest?.(".coupon-form")?.reset());

  // back at a builder that was sent already, Add means another one: its key against double clicks is a new one
  addEventListener("pageshow", () => document.querySelectorAll("#builder [name='idem'], #item [name='idem']").forEach((key) => {
    key.value = Math.random().toString(36).slice(2, 14);
  }));

  // a page that the browser kept as it was shows the cart as it was
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    if (document.getElementById("cart")) location.reload();
    else if (document.getElementById("cart-link")) htmx.ajax("GET", "/cart", { swap: "none", selectOOB: "#cart-link, #place-chip" });
  });

  // a button that rests while its request runs, or goes with its line, hands the focus back
  let held, keys;
  document.addEventListener("htmx:before:request", () => { held = document.activeElement; keys = held?.matches(":focus-visible"); });
  document.addEventListener("htmx:finally:request", () => setTimeout(() => {
    if (document.activeElement !== document.body || !held || held === document.body) return;
    (held.isConnected ? held : document.getElementById("cart-head"))?.focus({ preventScroll: !keys });
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

  // the desk's groups of doors close by Escape, which gives the focus back, and by a click or a focus elsewhere
  const doors = () => document.querySelector("details[name='doors'][open]");
  document.addEventListener("keydown", (event) => {
    const group = event.key === "Escape" && doors();
    if (!group) return;
    group.open = false;
    if (group.contains(document.activeElement)) group.querySelector("summary").focus();
  });
  for (const kind of ["click", "focusin"]) {
    document.addEventListener(kind, ({ target }) => { const group = doors(); if (group && !group.contains(target)) group.open = false; });
  }

  document.addEventListener("click", async (event) => {
    const hit = event.target.closest?.("[data-copy], [data-print], [data-opens], [data-closes]");
    if (!hit) return;
    if (hit.matches("[data-print]")) window.print();
    else if (hit.matches("[data-opens]")) { event.preventDefault(); document.getElementById(hit.dataset.opens)?.showModal(); }
    else if (hit.matches("[data-closes]")) hit.closest("dialog")?.close();
    else {
      await navigator.clipboard.writeText(hit.dataset.copy || location.href);
      hit.textContent = "Link copied";
    }
  });
})();
