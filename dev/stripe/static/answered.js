// Tells the page around this frame that the bank has its answer. It carries nothing: the page asks how it went.
const origin = new URLSearchParams(location.search).get("origin");
if (parent !== window && origin) parent.postMessage({ standin: "answered" }, origin);
