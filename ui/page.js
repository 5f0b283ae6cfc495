// What the page does without the server: markers lead to their source, sources mark their sentences,
// and what the server hands out is copied or saved. Clicks are caught on the element of the turns.
"use strict";

window.footnote = (() => {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const glide = () => (still.matches ? "auto" : "smooth");
  let past = null; // where the turns before the last one stand
  let before = null; // the last one as it was when the next question was asked
  let typed = ""; // what was in the box then

  // Called once for each gr.HTML that shows turns; `trigger` sends an event to the server.
  function bind(element, trigger) {
    element.addEventListener("click", (event) => {
      const control = event.target.closest("a.fn-marker, button");
      if (!control || !element.contains(control)) return;
      const { ask, force, take, turn, lights } = control.dataset;
      if (control.matches("a.fn-marker")) follow(event, control);
      else if (lights) light(control, lights);
      else if (ask || force) {
        if (isBusy()) return;
        trigger("submit", ask ? { question: ask } : { force });
        questionBox().focus({ preventScroll: true }); // what was pressed goes away
      }
      else if (take) trigger("select", { form: take, turn });
    });
    if (element.closest("#fn-past")) past = element;
    if (element.closest("#fn-live")) watchTurns(element);
  }

  // A question goes to the server, which will send its turn alone.
  function asking(said) {
    before = document.querySelector("#fn-live .fn-turn")?.cloneNode(true);
    typed = questionBox().value;
    fill("");
    return said;
  }

  // One question at a time: Gradio drops what comes meanwhile, without a word.
  function isBusy() {
    const busy = Boolean(document.querySelector("#fn-live .fn-pulse"));
    if (busy) say("An answer is being written: wait for its end, or stop it");
    return busy;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && event.target.closest("#fn-question")) isBusy();
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest("#fn-stop")) questionBox().focus({ preventScroll: true }); // Stop goes away
  });

  const questionBox = () => document.querySelector("#fn-question textarea");

  function fill(text) {
    questionBox().value = text;
    questionBox().dispatchEvent(new Event("input", { bubbles: true }));
  }

  // A marker leads to its source: the words quoted come into view, and both flash.
  function follow(event, marker) {
    event.preventDefault();
    const source = document.getElementById(marker.hash.slice(1));
    if (!source) return;
    const words = document.getElementById(marker.dataset.words) || source.querySelector("mark") || source;
    bringIntoView(words);
    flash(source);
    flash(words);
    source.focus({ preventScroll: true });
  }

  // A source marks the sentences that cite it, until it is pressed again.
  function light(button, marker) {
    const turn = button.closest(".fn-turn");
    const on = button.getAttribute("aria-pressed") !== "true";
    turn.querySelectorAll("[data-lights]").forEach((each) => each.setAttribute("aria-pressed", "false"));
    turn.querySelectorAll(".fn-lit").forEach((each) => each.classList.remove("fn-lit"));
    button.setAttribute("aria-pressed", String(on));
    if (!on) return;
    const cited = [...turn.querySelectorAll(".fn-sentence")].filter((sentence) =>
      sentence.dataset.cites.split(" ").includes(marker)
    );
    cited.forEach((sentence) => sentence.classList.add("fn-lit"));
    if (cited.length && !cited.some(isInView)) bringIntoView(cited[0]);
  }

  // Within the panel where that scrolls by itself, so that the text being read stays where it is.
  function bringIntoView(words) {
    const panel = words.closest(".fn-evidence");
    if (panel && panel.scrollHeight > panel.clientHeight + 1) {
      const offset = words.getBoundingClientRect().top - panel.getBoundingClientRect().top;
      panel.scrollBy({ top: offset - panel.clientHeight / 3, behavior: glide() });
      if (!isInView(panel)) panel.scrollIntoView({ block: "nearest", behavior: glide() });
    } else {
      words.scrollIntoView({ block: "center", behavior: glide() });
    }
  }

  function isInView(element) {
    const box = element.getBoundingClientRect();
    return box.top >= 0 && box.top < window.innerHeight - 120;
  }

  function flash(element) {
    element.classList.remove("fn-flash");
    void element.offsetWidth; // so that it starts anew
    element.classList.add("fn-flash");
    setTimeout(() => element.classList.remove("fn-flash"), 1600);
  }

  // A new question comes to the top of the window once; from there on nothing moves what is read.
  function watchTurns(element) {
    let shown = "";
    let opened = new WeakSet(); // what a reader opened stays open when more comes
    element.addEventListener("click", (event) => {
      const details = event.target.closest("summary")?.parentElement;
      if (details) details.open ? opened.delete(details) : opened.add(details);
    });
    new MutationObserver(() => {
      const turn = element.querySelector(".fn-turn");
      if (turn?.hasAttribute("data-in-vain")) giveBack();
      element.querySelectorAll("details:not([open])").forEach((each) => opened.has(each) && (each.open = true));
      if (turn?.id === shown) return;
      shown = turn?.id;
      opened = new WeakSet();
      if (!turn) return;
      if (turn.hasAttribute("data-earlier")) keepEarlier(turn.dataset.earlier.split(" "));
      // Once the turns before it are in their place, too.
      setTimeout(() => turn.scrollIntoView({ block: "start", behavior: glide() }), 60);
    }).observe(element, { childList: true, subtree: true, attributes: true, attributeFilter: ["id", "open", "data-in-vain"] });
  }

  // The turns of these ids stand before the new one: those that do already, and the one that it replaced.
  function keepEarlier(ids) {
    past.querySelectorAll(".fn-turn").forEach((turn) => ids.includes(turn.id) || turn.remove());
    if (!before || !ids.includes(before.id) || past.querySelector(`#${before.id}`)) return;
    before.querySelectorAll("[role=status], [role=alert]").forEach((line) => line.removeAttribute("role"));
    past.append(before);
    before = null;
  }

  // Nothing came of a question: it is there to be mended, unless another is being typed.
  function giveBack() {
    if (typed && !questionBox().value) fill(typed);
    typed = "";
  }

  // What the server hands out: {error} | {name, kind, text}; without a name it is for the clipboard.
  async function deliver(file) {
    if (!file) return;
    if (file.error) return say(file.error);
    if (file.name) return save(file);
    say((await copy(file.text)) ? "Copied" : "This browser does not let the page copy");
  }

  function save({ name, kind, text }) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: kind }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    say(`${name} saved`);
  }

  // Whether it could be.
  async function copy(text) {
    if (navigator.clipboard && window.isSecureContext) {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch {
        // not allowed here: the old way
      }
    }
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    const copied = document.execCommand("copy");
    box.remove();
    return copied;
  }

  // One line at the edge of the window, read out and gone after a while.
  function say(line) {
    let box = document.getElementById("fn-said");
    if (!box) {
      box = document.createElement("p");
      box.id = "fn-said";
      box.setAttribute("role", "status");
      document.body.append(box);
    }
    box.textContent = line;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => (box.textContent = ""), 4000);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.activeElement.matches(".fn-tag")) document.activeElement.blur();
  });

  return { asking, bind, deliver, isBusy, say };
})();
