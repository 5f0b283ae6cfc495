// What the panes beside the chat do in the browser: buttons and forms tell the server what they are about,
// `data-ask` asks a question in the chat, and votes show at once.
"use strict";

window.footnotePanes = (() => {
  let ask = () => {}; // asks in the chat, once that is there

  // Called once for each gr.HTML of a pane; `trigger` sends an event to the server.
  function bind(element, trigger) {
    element.addEventListener("click", (event) => {
      const control = event.target.closest("[data-act], [data-ask]");
      if (!control || control.matches("form")) return;
      if (control.dataset.ask) askThere(control.dataset.ask);
      else trigger(control.dataset.event || "select", { ...control.dataset });
      if (control.dataset.goto) go(control.dataset.goto);
    });
    element.addEventListener("keydown", (event) => {
      if (!["Enter", " "].includes(event.key) || !event.target.matches('[role="button"][data-ask]')) return;
      event.preventDefault();
      askThere(event.target.dataset.ask);
    });
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target;
      trigger("select", { ...form.dataset, ...Object.fromEntries(new FormData(form)) });
    });
    new MutationObserver(() => element.querySelector("[data-focus]")?.focus()).observe(element, {
      childList: true,
      subtree: true,
    });
  }

  // Called for each gr.HTML that shows turns: votes and notes under answers.
  function rate(element, trigger) {
    if (element.closest("#fn-live")) ask = (question) => trigger("submit", { question });
    const send = (form) => {
      const pressed = form.querySelector('[data-vote][aria-pressed="true"]');
      const note = form.elements.note.value;
      trigger("like", { turn: form.dataset.rate, vote: pressed?.dataset.vote ?? "", note });
    };
    element.addEventListener("click", (event) => {
      const button = event.target.closest("[data-vote]");
      if (!button) return;
      const form = button.closest("form");
      const on = button.getAttribute("aria-pressed") !== "true";
      form.querySelectorAll("[data-vote]").forEach((each) => each.setAttribute("aria-pressed", "false"));
      button.setAttribute("aria-pressed", String(on));
      form.querySelector(".fn-note-box").hidden = false;
      send(form);
    });
    element.addEventListener("submit", (event) => {
      if (!event.target.matches(".fn-feedback")) return;
      event.preventDefault();
      send(event.target);
    });
  }

  function askThere(question) {
    go("ask");
    if (!footnote.isBusy()) ask(question);
  }

  function go(tab) {
    document.querySelector(`[role="tab"][data-tab-id="${tab}"]`)?.click();
  }

  // What stands there before the first question, anew; nothing where one was asked.
  function welcome(html) {
    const shown = document.querySelector("#fn-live .fn-welcome");
    if (shown) shown.outerHTML = html;
  }

  return { bind, rate, go, welcome };
})();
