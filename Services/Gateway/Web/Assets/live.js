// Keeps the parts marked data-live up to date: the server renders the page anew after each of its events, and what differs is replaced.
// Without scripts the page refreshes itself instead.
(() => {
  "use strict";
  const stream = document.querySelector("[data-events]");
  if (!stream || !window.EventSource) return;
  const events = new EventSource(stream.dataset.events);
  let busy = false, again = false;

  // A part with a version changes with its version only, so that what is being typed or focused there stays.
  const differs = (part, next) => part.dataset.live || next.dataset.live
    ? part.dataset.live !== next.dataset.live
    : !part.isEqualNode(next);

  function replace(part, next) {
    const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
    const checked = [...part.querySelectorAll("input:checked")].map(input => input.id);
    const open = [...part.querySelectorAll("details[open]")].map(details => details.id);
    part.replaceWith(next);
    for (const id of checked) { const input = document.getElementById(id); if (input) input.checked = true; }
    for (const id of open) { const details = document.getElementById(id); if (details) details.open = true; }
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  async function refresh() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const part of document.querySelectorAll("[data-live]")) {
        const next = page.getElementById(part.id);
        if (next && differs(part, next)) replace(part, next);
      }
      document.title = page.title;
      if (!page.querySelector("[data-events]")) events.close();
    } finally {
      busy = false;
      if (again) { again = false; refresh(); }
    }
  }

  events.addEventListener("status", refresh);
})();
