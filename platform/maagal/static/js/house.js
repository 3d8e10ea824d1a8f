// What JavaScript adds to pages that already work without it: focus, toasts, keys, and leaving quickly.
(() => {
  "use strict";
  const root = document.documentElement;
  const body = document.body;

  const toasts = () => document.getElementById("toasts");

  function toast(kind, text) {
    const made = document.createElement("p");
    made.className = `toast ${kind}`;
    made.append(Object.assign(document.createElement("span"), { textContent: text }));
    toasts().append(made);
  }

  function dismissible(made) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    button.setAttribute("aria-label", body.dataset.dismiss);
    button.addEventListener("click", () => made.remove());
    made.append(button);
    // Bad news stays until it is read; a reader who is on it with the pointer or the keyboard keeps good news, too.
    if (!made.classList.contains("bad")) setTimeout(function leave() {
      made.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : made.remove();
    }, 8000);
  }

  function focusOn(place) {
    const wanted = place.querySelector("[data-focus]");
    if (wanted) wanted.focus();
  }

  // A swap may remove the element that had the focus: the keyboard must not fall back to the top of the page.
  function keepPlace(target) {
    if (document.activeElement && document.activeElement !== body) return;
    if (!target.isConnected) return;
    if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
  }

  function listen() {
    body.addEventListener("htmx:afterSettle", (event) => {
      const polled = (event.detail.requestConfig?.triggeringEvent ?? null) === null;
      if (polled) return; // a poll must never take the focus from what is being written
      focusOn(event.detail.elt);
      keepPlace(event.detail.elt);
    });
    body.addEventListener("htmx:responseError", (event) => {
      if (event.detail.xhr.status === 401) return location.reload(); // the server leads to sign-in and back
      toast("bad", body.dataset.failed);
    });
    body.addEventListener("htmx:sendError", () => toast("bad", body.dataset.offline));
    body.addEventListener("htmx:timeout", () => toast("bad", body.dataset.offline));
  }

  // Polling replaces what it targets; not while somebody is in the middle of it, and not in a tab nobody looks at.
  function safePolling() {
    body.addEventListener("htmx:confirm", (event) => {
      if (!/\bevery\b/.test(event.detail.elt.getAttribute("hx-trigger") ?? "")) return;
      if (document.hidden || event.detail.target?.contains(document.activeElement)) event.preventDefault();
    });
  }

  function leaveQuickly(event) {
    event.preventDefault();
    body.replaceChildren();
    document.title = "…";
    location.replace(event.currentTarget.href);
  }

  const rows = () => [...document.querySelectorAll("[data-walk] > *")];

  function walk(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains("here"));
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    all[at]?.classList.remove("here");
    next.classList.add("here");
    (next.querySelector("a, button, input") ?? next).focus();
    next.scrollIntoView({ block: "nearest" });
  }

  const tick = () => document.querySelector("[data-walk] > .here input[type=checkbox]")?.click();
  const search = () => document.querySelector("[data-search]")?.focus();
  const help = () => location.assign(document.querySelector('.foot a[href$="/accessibility"]').href + "#keys");

  // By the key's place, so that they work with the Hebrew layout as they do with the English one.
  const SINGLE = { KeyJ: () => walk(1), KeyK: () => walk(-1), KeyX: tick };

  function single(event) {
    if (event.code === "Slash") return event.shiftKey ? help : search;
    return event.shiftKey ? undefined : SINGLE[event.code];
  }

  function onKey(event) {
    if (event.code === "Enter" && (event.ctrlKey || event.metaKey)) return event.target.form?.requestSubmit();
    if (root.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
    const act = single(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  function watchToasts() {
    [...toasts().children].forEach(dismissible);
    new MutationObserver((changes) => changes.forEach(({ addedNodes }) => {
      addedNodes.forEach((made) => made.matches?.(".toast") && dismissible(made));
    })).observe(toasts(), { childList: true });
  }

  document.querySelectorAll("[data-quick-exit]").forEach((way) => way.addEventListener("click", leaveQuickly));
  document.addEventListener("keydown", onKey);
  listen();
  safePolling();
  watchToasts();
  // After the browser's own autofocus, which older phones lack for anything but inputs.
  addEventListener("load", () => document.activeElement === body && focusOn(document));
})();
