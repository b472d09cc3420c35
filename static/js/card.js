// A card that is kept without a payment: its number goes from the provider's field to the provider.
"use strict";
(() => {
  const form = document.getElementById("card-form");
  const problem = document.getElementById("card-error");
  const button = form.querySelector("button");
  const back = new URL(form.dataset.back, location.href);
  const UNHEARD = "We did not hear back from the payment service. Please try again.";

  const say = (words) => {
    problem.textContent = words;
    problem.hidden = !words;
    if (words) problem.focus();
  };

  const load = (url) => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });

  const begin = () => {
    const stripe = window.Stripe(form.dataset.stripeKey);
    const elements = stripe.elements({
      clientSecret: form.dataset.secret,
      appearance: { theme: matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe" },
    });
    const card = elements.create("payment");
    card.on("ready", () => { form.dataset.card = "ready"; });
    card.mount("#card-element");

    const keep = async () => {
      say("");
      button.disabled = true;
      const { error, setupIntent } = await stripe.confirmSetup({
        elements, confirmParams: { return_url: back.href }, redirect: "if_required",
      });
      button.disabled = false;
      if (error) {
        say(error.message);
        return;
      }
      back.searchParams.set("setup_intent", setupIntent.id);
      location.assign(back);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!button.disabled) keep().catch(() => { button.disabled = false; say(UNHEARD); });
    });
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  load(form.dataset.stripeJs).then(begin, () => say(UNHEARD));
})();
