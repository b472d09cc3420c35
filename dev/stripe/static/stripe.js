// window.Stripe for the shop's checkout: the payment element in a frame of its own, and what confirms a payment.
// It styles by property only, so a page whose policy forbids inline style and script can carry it.
(() => {
  const home = new URL(document.currentScript.src).origin;
  const here = location.origin;
  let frames = 0;

  class IntegrationError extends Error { name = "IntegrationError"; }

  const intentId = (clientSecret) => {
    if (!/^(pi|seti)_\w+_secret_\w+$/.test(clientSecret ?? "")) throw new IntegrationError("clientSecret is missing or malformed.");
    return clientSecret.split("_secret_")[0];
  };

  function emitter() {
    const hearers = {};
    return {
      on(name, hear) { (hearers[name] ??= []).push(hear); return this; },
      off(name, hear) { hearers[name] = (hearers[name] ?? []).filter((each) => each !== hear); return this; },
      once(name, hear) { const first = (event) => { this.off(name, first); hear(event); }; return this.on(name, first); },
      fire(name, event = {}) { (hearers[name] ?? []).forEach((hear) => hear({ elementType: "payment", ...event })); },
    };
  }

  // A frame from the stand-in and the messages to and from it, each way checked for who sends and from where.
  function openFrame(host, hear) {
    const frame = document.createElement("iframe");
    const waiting = new Map();
    let calls = 0;
    let isReady;
    const ready = new Promise((resolve) => { isReady = resolve; });
    const listen = ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== home || typeof data?.standin !== "string") return;
      if (data.standin === "ready") isReady();
      if (data.standin === "answer") { waiting.get(data.call)?.(data.result); waiting.delete(data.call); }
      hear(data.standin, data, frame);
    };
    addEventListener("message", listen);
    frames += 1;
    frame.name = `__privateStripeFrame${frames}`;
    frame.title = "Secure payment input frame";
    frame.src = `${home}/elements/payment?origin=${encodeURIComponent(here)}`;
    frame.allow = "payment *";
    Object.assign(frame.style, { border: "0", display: "block", width: "calc(100% + 8px)", margin: "-4px", height: "190px" });
    host.append(frame);
    return {
      async ask(what, detail = {}) {
        await ready;
        calls += 1;
        const call = calls;
        return new Promise((resolve) => {
          waiting.set(call, resolve);
          frame.contentWindow.postMessage({ ask: what, call, ...detail }, home);
        });
      },
      // A frame is only see-through while it and the page around it agree on light or dark.
      scheme(theme) { frame.style.colorScheme = theme === "night" ? "dark" : "light"; },
      close() { removeEventListener("message", listen); frame.remove(); },
    };
  }

  function paymentElement(group) {
    const events = emitter();
    let frame = null;
    let host = null;
    const hear = (kind, data, node) => {
      if (kind === "height") node.style.height = `${data.pixels}px`;
      else if (kind === "enter") host.closest("form")?.requestSubmit();
      else if (kind === "ready") element._dress().then(() => events.fire("ready"));
      else if (kind === "change") {
        events.fire("change", { complete: data.complete, empty: data.empty, collapsed: false, value: data.value });
      } else if (["focus", "blur", "escape"].includes(kind)) events.fire(kind);
    };
    const element = {
      on(name, run) { events.on(name, run); return element; },
      off(name, run) { events.off(name, run); return element; },
      once(name, run) { events.once(name, run); return element; },
      mount(target) {
        host = typeof target === "string" ? document.querySelector(target) : target;
        if (!host) throw new IntegrationError(`There is no element at ${target} to mount into.`);
        frame = openFrame(host, hear);
      },
      unmount() { frame?.close(); frame = null; },
      destroy() { element.unmount(); group._element = null; },
      focus() { element._ask("focus"); },
      blur() { document.activeElement?.blur(); },
      clear() { element._ask("clear"); },
      collapse() {},
      update() {},
      _dress() {
        const appearance = group._options.appearance ?? {};
        frame.scheme(appearance.theme);
        return element._ask("dress", { appearance });
      },
      _ask(what, detail) {
        if (!frame) throw new IntegrationError("The payment element is not mounted.");
        return frame.ask(what, detail);
      },
    };
    return element;
  }

  function elementGroup(options) {
    if (!options.clientSecret && !(options.mode && options.currency)) {
      throw new IntegrationError("elements() needs a clientSecret, or a mode with amount and currency.");
    }
    const group = {
      _options: { ...options },
      _element: null,
      _checked: false,
      create(type) {
        if (type !== "payment") throw new IntegrationError(`The stand-in has no ${type} element.`);
        if (group._element) throw new IntegrationError("This group has a payment element already.");
        group._element = paymentElement(group);
        return group._element;
      },
      getElement: (type) => (type === "payment" ? group._element : null),
      update(changes) {
        Object.assign(group._options, changes);
        group._checked = false;
        if (changes.appearance) group._element?._dress();
      },
      fetchUpdates: async () => ({}),
      async submit() {
        if (!group._element) throw new IntegrationError("There is no payment element to submit.");
        let result = await group._element._ask("submit");
        if (!result.error && result.selectedPaymentMethod !== "card") result = await openWallet(result.selectedPaymentMethod);
        group._checked = !result.error;
        return result;
      },
    };
    return group;
  }

  // A deferred group must say what the intent says; Stripe refuses the payment when they drifted apart.
  function differs(options, intent) {
    if (options.clientSecret) return null;
    const wanted = { amount: options.amount, currency: options.currency, capture_method: options.captureMethod ?? "automatic", setup_future_usage: options.setupFutureUsage ?? null };
    const actual = { ...intent, capture_method: intent.capture_method.replace("_async", "") };
    const name = Object.keys(wanted).find((each) => wanted[each] !== actual[each]);
    if (!name) return null;
    const message = `The PaymentIntent has ${name} ${actual[name]}, but elements() was given ${wanted[name]}.`;
    return { type: "invalid_request_error", code: "elements_mismatch", message };
  }

  const askBank = (url) => askIn("Bank confirmation", "Your bank asks", url);

  async function openWallet(name) {
    const { yes } = await askIn("Wallet", "Your wallet asks", `${home}/wallets/${name}?`);
    if (yes) return { selectedPaymentMethod: name };
    return { error: { type: "validation_error", code: "incomplete_wallet", message: "You closed the wallet, so nothing was paid." } };
  }

  // A dialog over the shop's page with a frame from the stand-in, until that has its answer.
  function askIn(title, label, url) {
    return new Promise((resolve) => {
      const dialog = document.createElement("dialog");
      const frame = document.createElement("iframe");
      frame.title = title;
      frame.src = `${url}&origin=${encodeURIComponent(here)}`;
      Object.assign(frame.style, { border: "0", width: "min(26rem, 88vw)", height: "18rem", display: "block" });
      Object.assign(dialog.style, { width: "fit-content", padding: "0", border: "0", borderRadius: "12px", overflow: "hidden" });
      const listen = ({ source, origin, data }) => {
        if (source !== frame.contentWindow || origin !== home || data?.standin !== "answered") return;
        removeEventListener("message", listen);
        dialog.remove();
        resolve(data);
      };
      addEventListener("message", listen);
      dialog.addEventListener("cancel", (press) => press.preventDefault());
      dialog.setAttribute("aria-label", label);
      dialog.append(frame);
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  function leave(url, intent) {
    const target = new URL(url);
    target.searchParams.set(intent.object, intent.id);
    target.searchParams.set(`${intent.object}_client_secret`, intent.client_secret);
    target.searchParams.set("redirect_status", "succeeded");
    location.assign(target);
    return new Promise(() => {});
  }

  window.Stripe = (key, settings) => {
    if (!/^pk_/.test(key ?? "")) throw new IntegrationError("Stripe() needs a publishable key.");

    async function retrieve(kind, name, clientSecret) {
      const query = new URLSearchParams({ key, client_secret: clientSecret });
      try {
        const answer = await fetch(`${home}/v1/${kind}/${intentId(clientSecret)}?${query}`);
        const result = await answer.json();
        return answer.ok ? { [name]: result } : { error: result.error };
      } catch (trouble) {
        if (trouble instanceof IntegrationError) throw trouble;
        return { error: { type: "api_connection_error", message: "We could not reach the payment provider. Try again." } };
      }
    }
    const retrievePaymentIntent = (clientSecret) => retrieve("payment_intents", "paymentIntent", clientSecret);
    const retrieveSetupIntent = (clientSecret) => retrieve("setup_intents", "setupIntent", clientSecret);

    async function handleNextAction({ clientSecret }) {
      const look = clientSecret.startsWith("seti_") ? retrieveSetupIntent : retrievePaymentIntent;
      const found = await look(clientSecret);
      const before = found.paymentIntent ?? found.setupIntent;
      if (before?.status !== "requires_action") return found;
      await askBank(before.next_action.use_stripe_sdk?.stripe_js ?? before.next_action.redirect_to_url.url);
      const after = await look(clientSecret);
      const failure = after.paymentIntent?.last_payment_error ?? after.setupIntent?.last_setup_error;
      return failure ? { error: { ...failure, payment_intent: after.paymentIntent } } : after;
    }

    async function confirmSetup({ elements, confirmParams = {}, redirect = "always" }) {
      const secret = elements?._options.clientSecret;
      intentId(secret);
      const checked = await elements.submit();
      if (checked.error) return checked;
      let result = await elements._element._ask("confirm", { key, clientSecret: secret, params: confirmParams });
      if (result.setupIntent?.status === "requires_action") result = await handleNextAction({ clientSecret: secret });
      if (result.error || redirect === "if_required") return result;
      return leave(confirmParams.return_url, result.setupIntent);
    }

    async function confirmPayment({ elements, clientSecret, confirmParams = {}, redirect = "always" }) {
      const secret = clientSecret ?? elements?._options.clientSecret;
      intentId(secret);
      if (!confirmParams.return_url && redirect !== "if_required") throw new IntegrationError("confirmPayment() needs a return_url.");
      if (!elements?._element) throw new IntegrationError("confirmPayment() needs elements with a mounted payment element.");
      if (elements._options.clientSecret) {
        const checked = await elements.submit();
        if (checked.error) return checked;
      } else if (!elements._checked) throw new IntegrationError("Call elements.submit() before confirmPayment().");
      const found = await retrievePaymentIntent(secret);
      if (found.error) return found;
      const error = differs(elements._options, found.paymentIntent);
      if (error) return { error };
      let result = await elements._element._ask("confirm", { key, clientSecret: secret, params: confirmParams });
      if (result.paymentIntent?.status === "requires_action") result = await handleNextAction({ clientSecret: secret });
      if (result.error || redirect === "if_required") return result;
      return leave(confirmParams.return_url, result.paymentIntent);
    }

    return { elements: (options = {}) => elementGroup(options), confirmPayment, confirmSetup, handleNextAction, retrievePaymentIntent, retrieveSetupIntent, _settings: settings };
  };
  window.Stripe.version = "endive";
})();
