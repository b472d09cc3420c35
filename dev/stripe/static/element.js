// The card fields. Numbers stay in this frame: the shop's page asks for a check or a payment and hears how it went.
(() => {
  const shop = new URLSearchParams(location.search).get("origin");
  const form = document.getElementById("card");
  const fields = Object.fromEntries(["number", "expiry", "cvc"].map((name) => [name, document.getElementById(name)]));
  const digits = (text) => text.replace(/\D/g, "");
  const isAmex = () => /^3[47]/.test(digits(fields.number.value));
  const tell = (kind, detail = {}) => parent.postMessage({ standin: kind, ...detail }, shop);

  const luhn = (number) =>
    [...number].reverse().reduce((sum, digit, place) => {
      const value = Number(digit) * (1 + (place % 2));
      return sum + (value > 9 ? value - 9 : value);
    }, 0) % 10 === 0;

  const shapes = {
    number: (text) => (isAmex() ? [4, 6, 5] : [4, 4, 4, 4, 3]).reduce(
      ({ rest, groups }, size) => ({ rest: rest.slice(size), groups: rest ? [...groups, rest.slice(0, size)] : groups }),
      { rest: text.slice(0, isAmex() ? 15 : 19), groups: [] },
    ).groups.join(" "),
    expiry: (text) => {
      const four = (/^[2-9]/.test(text) ? `0${text}` : text).slice(0, 4);
      return four.length > 2 ? `${four.slice(0, 2)} / ${four.slice(2)}` : four;
    },
    cvc: (text) => text.slice(0, isAmex() ? 4 : 3),
  };

  const checks = {
    number: () => {
      const number = digits(fields.number.value);
      if (number.length < (isAmex() ? 15 : 16)) return ["incomplete_number", "Your card number is incomplete."];
      if (!luhn(number)) return ["invalid_number", "Your card number is invalid."];
    },
    expiry: () => {
      const [month, year] = [digits(fields.expiry.value).slice(0, 2), digits(fields.expiry.value).slice(2)];
      if (year.length < 2) return ["incomplete_expiry", "Your card's expiration date is incomplete."];
      if (month < 1 || month > 12) return ["invalid_expiry_month", "Your card's expiration month is invalid."];
      const now = new Date();
      if (2000 + Number(year) < now.getFullYear()) {
        return ["invalid_expiry_year_past", "Your card's expiration year is in the past."];
      }
      if (2000 + Number(year) === now.getFullYear() && Number(month) <= now.getMonth()) {
        return ["invalid_expiry_month_past", "Your card's expiration date is in the past."];
      }
    },
    cvc: () => {
      const wanted = isAmex() ? 4 : 3;
      if (digits(fields.cvc.value).length < wanted) return ["incomplete_cvc", "Your card's security code is incomplete."];
    },
  };

  const ways = [...form.querySelectorAll("[name='way']")];
  const way = () => ways.find((each) => each.checked)?.value ?? "card";

  function chooseWay() {
    const chosen = ways.find((each) => each.checked);
    const told = document.getElementById("in-wallet");
    document.getElementById("typed").hidden = way() !== "card";
    told.hidden = way() === "card";
    told.textContent = `${chosen.dataset.name} opens when you press the button below.`;
    change();
  }

  const change = () => tell("change", {
    value: { type: way() },
    complete: way() !== "card" || Object.keys(fields).every((each) => !checks[each]()),
    empty: way() === "card" && Object.values(fields).every((field) => !field.value),
  });

  function show(name, problem) {
    fields[name].setAttribute("aria-invalid", String(Boolean(problem)));
    document.getElementById(`${name}-error`).textContent = problem ? problem[1] : "";
  }

  function firstProblem() {
    const found = Object.keys(fields).map((name) => [name, checks[name]()]).filter(([, problem]) => problem);
    found.forEach(([name, problem]) => show(name, problem));
    if (!found.length) return null;
    const [name, [code, message]] = found[0];
    fields[name].focus();
    return { type: "validation_error", code, message };
  }

  function shape(name) {
    const field = fields[name];
    const before = digits(field.value.slice(0, field.selectionStart)).length;
    const atEnd = field.selectionStart === field.value.length;
    field.value = shapes[name](digits(field.value));
    let place = 0;
    for (let seen = 0; seen < before && place < field.value.length; place += 1) seen += /\d/.test(field.value[place]);
    if (!atEnd) field.setSelectionRange(place, place);
  }

  function changed(name) {
    shape(name);
    show(name, null);
    if (name === "number") shape("cvc");
    change();
  }

  function encode(value, path, into = new URLSearchParams()) {
    if (value !== null && typeof value === "object") {
      Object.entries(value).forEach(([name, inner]) => encode(inner, path ? `${path}[${name}]` : name, into));
    } else if (value !== undefined) into.append(path, value);
    return into;
  }

  async function confirm({ key, clientSecret, params }) {
    const id = clientSecret.split("_secret_")[0];
    const expiry = digits(fields.expiry.value);
    const card = way() === "card" ? {
      number: digits(fields.number.value), exp_month: expiry.slice(0, 2), exp_year: expiry.slice(2), cvc: fields.cvc.value,
    } : { wallet: way() };
    const method = { ...params.payment_method_data, type: "card", card };
    const body = encode({ ...params, key, client_secret: clientSecret, use_stripe_sdk: true, payment_method_data: method });
    const [kind, name] = id.startsWith("seti_") ? ["setup_intents", "setupIntent"] : ["payment_intents", "paymentIntent"];
    const answer = await fetch(`/v1/${kind}/${id}/confirm`, { method: "POST", body });
    const result = await answer.json();
    return answer.ok ? { [name]: result } : { error: result.error };
  }

  function dress({ theme, variables = {} }) {
    const root = document.documentElement;
    root.dataset.theme = theme === "night" ? "night" : "stripe";
    const names = {
      colorPrimary: "--primary", colorBackground: "--background", colorText: "--text", colorDanger: "--danger",
      colorTextPlaceholder: "--placeholder", borderRadius: "--radius", fontFamily: "--font", fontSizeBase: "--size",
      spacingUnit: "--unit",
    };
    Object.entries(names).forEach(([name, property]) => {
      if (variables[name]) root.style.setProperty(property, variables[name]);
      else root.style.removeProperty(property);
    });
  }

  const asked = {
    dress: async ({ appearance }) => dress(appearance),
    focus: async () => fields.number.focus(),
    clear: async () => Object.keys(fields).forEach((name) => { fields[name].value = ""; changed(name); }),
    submit: async () => {
      const error = way() === "card" ? firstProblem() : null;
      return error ? { error } : { selectedPaymentMethod: way() };
    },
    confirm,
  };

  addEventListener("message", async ({ source, origin, data }) => {
    if (source !== parent || origin !== shop || !Object.hasOwn(asked, data.ask)) return;
    const unreachable = { type: "api_connection_error", message: "We could not reach the payment provider. Try again." };
    const result = await asked[data.ask](data).catch(() => ({ error: unreachable }));
    tell("answer", { call: data.call, result: result ?? {} });
  });

  Object.entries(fields).forEach(([name, field]) => {
    field.addEventListener("input", () => changed(name));
    field.addEventListener("focus", () => tell("focus"));
    field.addEventListener("blur", () => { if (field.value) show(name, checks[name]()); tell("blur"); });
    field.addEventListener("keydown", (press) => { if (press.key === "Escape") tell("escape"); });
  });
  ways.forEach((each) => each.addEventListener("change", chooseWay));
  form.addEventListener("submit", (press) => { press.preventDefault(); tell("enter"); });
  new ResizeObserver(() => tell("height", { pixels: document.documentElement.offsetHeight })).observe(document.body);
  tell("ready");
})();
