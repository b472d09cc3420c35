// Tickets on paper. A screen that prints claims each new ticket first; of several, only the one that the server
// answers has a paper to print, and it says when that is done. A ticket's own page prints itself once.
// However a ticket comes to be printed, its page is as wide as the roll and as tall as the ticket.
"use strict";
(() => {
  const asked = new Map();
  let printing = false;
  const prints = () => localStorage.getItem("board-prints") === "on";
  const send = (url) => fetch(url, { method: "POST", headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(10000) });

  const show = () => {
    for (const button of document.querySelectorAll("[data-prints]")) {
      button.setAttribute("aria-pressed", String(prints()));
      button.textContent = prints() ? "Printing on" : "Printing off";
    }
  };

  const drawn = (box) => Promise.all([...box.querySelectorAll("img")].map((img) => img.decode().catch(() => {})));

  const one = async (url) => {
    const answer = await send(url);
    if (answer.status !== 200) return; // another screen has it
    const box = document.getElementById("paper");
    box.innerHTML = await answer.text();
    await drawn(box);
    window.print();
    const end = box.firstElementChild.dataset.end;
    box.replaceChildren();
    await send(end);
  };

  const next = async () => {
    if (printing || !prints() || !document.getElementById("paper")) return;
    // asked once a minute for each: a ticket whose screen went silent comes up again by itself
    const due = [...document.querySelectorAll(".tick[data-paper]")].find(({ id }) => Date.now() - (asked.get(id) ?? 0) > 60000);
    if (!due) return;
    printing = true;
    asked.set(due.id, Date.now());
    try { await one(due.dataset.paper); } catch { asked.delete(due.id); } finally { printing = false; }
  };

  const page = new CSSStyleSheet();
  document.adoptedStyleSheets.push(page);
  addEventListener("beforeprint", () => {
    const ticket = document.getElementById("ticket-paper");
    const inMillimeters = ticket && Math.ceil(ticket.getBoundingClientRect().height * 25.4 / 96) + 1;
    page.replaceSync(ticket ? `@page { size: 80mm ${inMillimeters}mm; margin: 0 }` : "");
  });

  document.addEventListener("DOMContentLoaded", async () => {
    const now = document.querySelector("[data-print-now]");
    if (now) {
      await drawn(document);
      window.print();
      now.form.requestSubmit();
    }
    if (!document.body.matches("[data-board]")) return;
    show();
    setInterval(next, 1000);
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-prints]")) return;
      localStorage.setItem("board-prints", prints() ? "off" : "on");
      show();
      next();
    });
  });
})();
