// The card field on our page. Without it, or when it does not load, the form goes to the provider's own page.
"use strict";
(() => {
  const WAIT = 4000;
  const UNHEARD = "We did not hear back from the payment service. Try again: you are never charged twice.";
  const form = document.getElementById("pay-form");
  const byCard = document.getElementById("pay-by-card");
  const state = document.getElementById("pay-state");
  const problem = document.getElementById("pay-error");
  if (!form || !byCard || !window.htmx) return;

  let stripe, elements;
  let checked = false;
  let busy = false;
  const keep = document.getElementById("keep_card");
  const future = () => (keep?.checked ? "on_session" : null);
  const amount = () => Number(document.getElementById("pay-go").dataset.amount);
  const placed = () => state.querySelector("[data-client-secret]");

  const load = (url) => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
    setTimeout(failed, WAIT);
  });

  const mount = () => new Promise((done, failed) => {
    stripe = window.Stripe(form.dataset.stripeKey);
    elements = stripe.elements({
      mode: "payment",
      amount: amount() || 50, // a card field wants one, also while there is nothing to pay
      currency: "usd",
      captureMethod: "manual",
      setupFutureUsage: future(),
      appearance: { theme: matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe" },
    });
    const card = elements.create("payment");
    card.on("ready", done);
    card.on("loaderror", failed);
    card.mount("#pay-element");
    setTimeout(failed, WAIT);
  });

  const say = (words) => {
    problem.textContent = words;
    problem.hidden = !words;
    if (words) problem.focus();
  };

  const work = (on) => {
    busy = on;
    form.setAttribute("aria-busy", String(on));
    const button = form.querySelector(".pay-button");
    if (button) button.disabled = on;
  };

  // The order stands from here on: only the card may still change.
  const confirm = async () => {
    const { clientSecret, returnUrl } = placed().dataset;
    work(true);
    document.getElementById("checkout-fields")?.setAttribute("inert", "");
    form.querySelectorAll("[name='pay_with']").forEach((choice) => { choice.disabled = true; });
    const back = new URL(returnUrl, location.href).href;
    const { error } = await stripe.confirmPayment({
      elements, clientSecret, confirmParams: { return_url: back }, redirect: "if_required",
    });
    // a lost answer says nothing about the card: the page that asks the provider does
    const unheard = ["api_connection_error", "api_error"].includes(error?.type);
    if (!error || error.code === "payment_intent_unexpected_state" || (unheard && navigator.onLine)) {
      location.assign(back);
      return;
    }
    work(false);
    if (unheard) say(UNHEARD);
    else say(`${error.message} Nothing was charged. Try again or use another card.`);
  };

  const pay = async () => {
    say("");
    work(true);
    const { error } = await elements.submit();
    work(false);
    if (error) {
      say(error.message);
    } else if (placed()) {
      await confirm();
    } else {
      checked = true;
      form.requestSubmit();
    }
  };

  const failed = () => {
    work(false);
    say(UNHEARD);
  };

  form.addEventListener("submit", (event) => {
    if (checked || !amount() || !byCard.checked || form.dataset.card !== "ready") {
      checked = false;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!busy) pay().catch(failed);
  }, { capture: true });

  // the answer to a press of the button brings the secret; one to a change of tip, another amount
  new MutationObserver(() => { if (placed() && !busy) confirm().catch(failed); }).observe(state, { childList: true });
  new MutationObserver(() => { if (amount()) elements?.update({ amount: amount() }); })
    .observe(form, { attributes: true, subtree: true, attributeFilter: ["data-amount"] });

  keep?.addEventListener("change", () => elements?.update({ setupFutureUsage: future() }));

  form.dataset.card = "loading";
  load(form.dataset.stripeJs).then(mount).then(
    () => { byCard.value = "card"; form.dataset.card = "ready"; },
    () => { form.dataset.card = "none"; },
  );
})();
