// Tells the page around this frame whether its customer held a thumb on the sensor.
const origin = new URLSearchParams(location.search).get("origin");
document.querySelectorAll("[data-answer]").forEach((button) => {
  button.addEventListener("click", () => parent.postMessage({ standin: "answered", yes: button.dataset.answer === "yes" }, origin));
});
document.querySelector("[data-answer]").focus();
