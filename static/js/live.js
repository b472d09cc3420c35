// Pages that follow an order: <main data-live data-poll="/x/track/..." data-target="#track">.
// While the socket speaks, the page is "up". Else it asks by itself every data-every seconds ("poll"),
// and when that fails too it says how long it has heard nothing ("lost"). data-silent: seconds without a word.
"use strict";
(() => {
  let open = false, spoke = 0, heard = Date.now(), asked = Date.now(), last = "", busy = false, drawn = 0;
  const box = () => document.querySelector("[data-live]");
  const seconds = (name, usual) => Number(box().dataset[name] || usual) * 1000;

  const state = () => {
    const now = Date.now();
    if (open && now - spoke < seconds("silent", 45)) return "up";
    return now - heard < seconds("every", 10) * 2.5 ? "poll" : "lost";
  };

  const span = (ms) => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;

  // the store's own clock goes on from when its last piece was drawn; what has none is read by the one that hangs here
  const told = () => {
    const piece = document.querySelector(box().dataset.target), { zone } = box().dataset;
    if (piece.served?.[0] !== piece.dataset.now) piece.served = [piece.dataset.now, Date.now()];
    const at = zone ? piece.served[0] * 1000 + heard - piece.served[1] : heard;
    return new Date(at).toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit", timeZone: zone }).toLowerCase();
  };

  const show = () => {
    const live = box(), now = state(), time = told();
    live.dataset.state = now;
    if (document.body.matches("[data-board]")) document.body.dataset.state = now;
    const wired = live.hasAttribute("hx-ws:connect"); // a page without a wire is as it should be while it asks
    const line = live.querySelector("[data-live-text]") ?? document.querySelector("[data-live-text]");
    if (line) {
      line.dataset.state = now === "poll" && !wired ? "up" : now;
      const words = { up: line.dataset.up, poll: `Updates every ${seconds("every", 10) / 1000} s`, lost: `Reconnecting. Last heard ${time}` }[now];
      if (line.textContent !== words) line.textContent = words;
    }
    document.querySelectorAll("[data-lost-for]").forEach((at) => { at.textContent = span(Date.now() - heard); });
  };

  // where it is asked for, what somebody is about to send stays as it is
  const busyHands = () => box().matches("[data-gently]:has(:checked, details[open] form)");

  const ask = async () => {
    if (busy) return;
    const live = box(), before = drawn;
    busy = true;
    asked = Date.now();
    try {
      const answer = await fetch(live.dataset.poll, {
        headers: { "HX-Request": "true", "HX-Request-Type": "partial" }, signal: AbortSignal.timeout(8000),
      });
      const away = answer.headers.get("HX-Redirect"); // signed out meanwhile: a page that hears nothing must not look alive
      if (away) location.assign(away);
      if (away || !answer.ok) return;
      const text = await answer.text();
      heard = Date.now();
      if (text && text !== last && !busyHands()) {
        last = text;
        await htmx.swap({ sourceElement: live, target: live.dataset.target, swap: "outerMorph", text, drawn: before });
      }
    } catch { /* the next second says so */ } finally {
      busy = false;
    }
  };

  // an answer that was asked for before what is shown came may be older than that: the wire brings what is newer, or the next poll
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => { ctx.drawn = drawn; });
  document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
    const main = tasks.findIndex(({ type, target }) => type === "main" && box() && target?.matches(box().dataset.target));
    if (main < 0) return;
    if (!(ctx.drawn < drawn)) { drawn += 1; return; }
    tasks.splice(main, 1);
    ctx.title = last = "";
    asked = 0;
  }, true);

  const tick = () => {
    if (!box()) return;
    const pause = seconds("every", 10) * (document.hidden ? 6 : 1); // a tab in the background still has its title
    if (state() !== "up" && Date.now() - asked >= pause) ask();
    show();
  };

  const speaks = () => { heard = spoke = Date.now(); last = ""; };
  document.addEventListener("htmx:ws:after:connection", () => { open = true; speaks(); tick(); });
  document.addEventListener("htmx:ws:before:message:incoming", speaks);
  document.addEventListener("htmx:ws:close", () => { open = false; tick(); });
  document.addEventListener("htmx:after:swap", () => box() && show());
  const awake = () => { if (!document.hidden && box() && state() !== "up") ask(); };
  document.addEventListener("visibilitychange", awake);
  addEventListener("online", awake); // a laptop that was opened has its network a moment later
  document.addEventListener("DOMContentLoaded", () => { if (box()) setInterval(tick, 1000); });
})();
