// The kitchen board: clocks that tick, a chime until a new ticket is touched, keys, a screen that stays awake.
"use strict";
(() => {
  const all = (what) => [...document.querySelectorAll(what)];
  const touched = new Set();
  let sound = null, wanted = true, rang = 0;

  const now = () => {
    const board = document.getElementById("board");
    if (!board.served) board.served = [board.dataset.now, Date.now()];
    if (board.served[0] !== board.dataset.now) board.served = [board.dataset.now, Date.now()];
    return Number(board.dataset.now) + (Date.now() - board.served[1]) / 1000;
  };
  const two = (n) => String(Math.floor(n)).padStart(2, "0");
  const span = (s) => s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(s / 60 % 60)}:${two(s % 60)}`;

  const ticking = () => {
    const at = now();
    for (const ticket of all(".tick[data-since]")) {
      const { since, hurry, late } = ticket.dataset;
      const age = late && at >= Number(late) ? "late" : hurry && at >= Number(hurry) ? "hurry" : "";
      ticket.dataset.age = age;
      const clock = ticket.querySelector("[data-clock]"), word = ticket.querySelector("[data-word]"), ago = ticket.querySelector("[data-ago]");
      const waited = Math.max(0, at - Number(since));
      if (clock) clock.textContent = span(waited);
      if (ago) { ago.textContent = span(waited); ago.parentElement.hidden = waited >= 60; }
      if (word) word.textContent = age === "late" ? `${Math.floor((at - Number(late)) / 60) + 1} min late` : age || word.dataset.word;
    }
    for (const left of all("[data-ends]")) left.textContent = span(Math.max(0, Number(left.dataset.ends) - at));
    for (const bar of all("[data-until]")) bar.hidden = at >= Number(bar.dataset.until);
    for (const wall of all("[data-wall-clock]")) {
      wall.textContent = new Date(at * 1000).toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit", timeZone: wall.dataset.wallClock }).toLowerCase();
    }
  };

  const note = (pitch, start, long, force = 0.5) => {
    const tone = sound.createOscillator(), loud = sound.createGain();
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0.0001, sound.currentTime + start);
    loud.gain.exponentialRampToValueAtTime(force, sound.currentTime + start + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.0001, sound.currentTime + start + long);
    tone.connect(loud).connect(sound.destination);
    tone.start(sound.currentTime + start);
    tone.stop(sound.currentTime + start + long);
  };

  const ringing = () => {
    const fresh = all(".tick[data-rings]").filter((ticket) => !touched.has(ticket.id));
    const lost = document.body.dataset.state === "lost";
    const loud = fresh.some((ticket) => now() >= Number(ticket.dataset.loud));
    document.body.dataset.ring = lost ? "lost" : loud ? "loud" : fresh.length ? "new" : "";
    if (!fresh.length && !lost) { rang = 0; return; }
    if (Date.now() - rang < (loud ? 7000 : 20000)) return;
    if (!sound || !wanted || sound.state !== "running") return;
    rang = Date.now();
    if (lost) [0, 0.35, 0.7].forEach((start) => note(330, start, 0.3));
    else if (loud) [0, 0.45, 0.9, 1.35].forEach((start) => { note(988, start, 0.4, 1); note(1319, start + 0.2, 0.4, 1); });
    else { note(880, 0, 0.5); note(1175, 0.18, 0.9); }
  };

  const showSound = () => {
    for (const button of all("[data-sound]")) {
      const on = wanted && sound?.state === "running";
      button.setAttribute("aria-pressed", String(on));
      button.textContent = on ? "Sound on" : wanted ? "Sound blocked, tap to allow" : "Sound off";
    }
  };

  const wake = () => navigator.wakeLock?.request("screen").catch(() => {});
  const allowSound = async () => {
    sound ??= new AudioContext();
    await sound.resume();
    showSound();
  };

  // a form that leads back to the board does not end the shift: browsers let a tab that was touched go on sounding
  const goesOn = async () => {
    if (!sessionStorage.getItem("shift")) return false;
    sound = new AudioContext();
    await Promise.race([sound.resume(), new Promise((late) => { setTimeout(late, 500); })]);
    showSound();
    return sound.state === "running";
  };

  // one hand is enough for every screen: the server tells the others to be quiet
  const touch = (ticket) => {
    if (!ticket?.matches("[data-rings]") || touched.has(ticket.id)) return;
    touched.add(ticket.id);
    fetch(ticket.dataset.touch, { method: "POST", headers: { "HX-Request": "true" } }).catch(() => touched.delete(ticket.id));
  };

  const buttons = () => all(".tick .go").filter((button) => button.offsetParent);
  const neighbor = (step) => {
    const shown = buttons(), here = shown.indexOf(document.activeElement);
    const next = shown[Math.min(Math.max(here + step, 0), shown.length - 1)];
    next?.focus();
    touch(next?.closest(".tick"));
  };
  // a ticket that moved out of sight hands the focus to its own button elsewhere, to the one that took its place, or to Undo;
  // for some seconds, since the answer to the tap before may come between, and give the button back for a moment
  let tapped = null;
  const hold = ({ detail: { ctx } }) => {
    const form = ctx?.sourceElement?.closest?.("#board form");
    tapped = form && { number: form.action.match(/orders\/(\d+)/)?.[1], at: buttons().indexOf(form.querySelector(".go")), keys: document.activeElement?.matches(":focus-visible"), until: Date.now() + 5000 };
  };
  const handOn = () => setTimeout(() => {
    const { activeElement: here } = document;
    if (!tapped || Date.now() > tapped.until || (here !== document.body && here.offsetParent)) return;
    const shown = buttons(), own = document.getElementById(`go-${tapped.number}`);
    const next = own?.offsetParent ? own : shown[Math.min(Math.max(tapped.at, 0), shown.length - 1)] ?? document.querySelector("[data-undo]");
    next?.focus({ preventScroll: !tapped.keys }); // a finger stays where it is, and so does the board under it
  });

  const keysOff = () => localStorage.getItem("board-keys") === "off";
  const keys = {
    ArrowDown: () => neighbor(1), ArrowRight: () => neighbor(1), ArrowUp: () => neighbor(-1), ArrowLeft: () => neighbor(-1),
    u: () => document.querySelector("[data-undo]")?.click(),
    p: () => document.activeElement.closest(".tick")?.querySelector("[data-ticket]")?.click(),
    "?": () => document.getElementById("keys")?.showModal(),
  };

  const begin = () => {
    const off = document.querySelector("[data-keys-off]");
    if (off) {
      off.checked = keysOff();
      off.addEventListener("change", () => localStorage.setItem("board-keys", off.checked ? "off" : "on"));
    }
    setInterval(() => { ticking(); ringing(); }, 1000);
    ticking();
    showSound();
  };

  document.addEventListener("DOMContentLoaded", () => {
    if (!document.body.matches("[data-board]")) return;
    begin();
    document.addEventListener("htmx:after:swap", () => { ticking(); ringing(); handOn(); }); // the wire may be faster than the answer, and take its form away
    document.addEventListener("htmx:before:request", hold);
    document.addEventListener("htmx:finally:request", handOn);
    document.addEventListener("pointerdown", ({ target }) => { if (!target.closest?.("form")) touch(target.closest?.(".tick")); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden && sound) wake(); });
    document.addEventListener("click", async (event) => {
      if (event.target.closest("[data-start-shift]")) { event.target.closest("dialog")?.close(); sessionStorage.setItem("shift", "on"); wake(); await allowSound(); }
      else if (event.target.closest("[data-sound]")) {
        if (sound?.state === "running") wanted = !wanted; else wanted = true;
        if (wanted) await allowSound(); else showSound();
      }
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || keysOff()) return;
      if (event.target.closest("input, select, textarea, dialog")) return;
      const act = keys[event.key];
      if (act) { event.preventDefault(); act(); }
    });
    goesOn().then((on) => { if (on) wake(); else document.getElementById("start")?.showModal(); });
  });
})();
