// What the page does beside asking: places each turn, opens the evidence, reads articles, copies, announces.
// Gradio carries question and answer; this script only moves, marks and focuses what the server has rendered.
"use strict";

(() => {
  const script = document.currentScript;
  const words = JSON.parse(script.dataset.words);
  const limit = Number(script.dataset.limit);
  document.documentElement.dataset.feedback = script.dataset.feedback;
  document.documentElement.dataset.why = script.dataset.why;

  const wide = matchMedia("(min-width: 1000px)");
  const handheld = matchMedia("(hover: none)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const stopped = new Set();
  const shown = { turn: null, opener: null, wanted: 0 };
  let welcomeToOpen = true; // until a visitor closes the pane by hand

  // ── turns ──────────────────────────────────────────────────────────────────────────────────────────────────────

  // Gradio redraws one turn, in a place that is not shown; each turn is copied to the end of the conversation, so
  // that what a visitor opened, pressed or selected in an earlier one stays as it is.
  function place() {
    const fresh = find("#turn .turn");
    const turns = find(".turns");
    if (!fresh || !turns || stopped.has(fresh.dataset.turn)) return;
    const old = all(".turn", turns).find((turn) => turn.dataset.turn === fresh.dataset.turn);
    const copy = fresh.cloneNode(true);
    if (old) {
      if (old.isEqualNode(copy) || old.getAttribute("aria-busy") === "false") return;
      old.replaceWith(copy);
    } else {
      turns.append(copy);
      document.body.dataset.asked = "";
      copy.scrollIntoView({ block: "start", behavior: still.matches ? "auto" : "smooth" });
    }
    waiting(false);
    say("");
    const busy = copy.getAttribute("aria-busy") === "true";
    document.body.toggleAttribute("data-busy", busy);
    if (!old && handheld.matches) find("#question textarea").blur(); // its keyboard would cover the answer
    if (busy) {
      if (!old) announce(words.pending);
      return;
    }
    announce(copy.dataset.announce);
    if (shared.question === find(".asked", copy).textContent) compare(copy);
    if (!["refused", "smalltalk", "broken"].includes(copy.dataset.shape)) {
      if (wide.matches && welcomeToOpen && find(".evidence", copy)) showCards(copy, null);
    }
  }

  function stop() {
    const turn = find(".turns .turn:last-child");
    if (turn && turn.getAttribute("aria-busy") === "true") {
      stopped.add(turn.dataset.turn);
      turn.setAttribute("aria-busy", "false");
      const pending = find(".pending", turn);
      const note = Object.assign(document.createElement("p"), { className: "dateline", textContent: words.stopped });
      if (pending) pending.replaceWith(note);
      else find(".card", turn).append(note);
      announce(words.stopped);
    }
    document.body.removeAttribute("data-busy");
  }

  const announce = (text) => {
    find(".live").textContent = text;
  };

  // From Enter until the server has taken the question up; not for ever, should its word get lost.
  let patience = 0;
  let again = 0;
  function waiting(on) {
    clearTimeout(patience);
    clearTimeout(again);
    document.body.toggleAttribute("data-waiting", on);
    if (!on) return;
    patience = setTimeout(() => waiting(false), 20_000);
    press(joined);
  }

  // Gradio draws its button before it listens to it: press again until the question is really on its way.
  let joined = 0;
  let pressing = false;
  const fetchAsEver = window.fetch;
  window.fetch = (...request) => {
    if (String(request[0]?.url ?? request[0]).includes("/queue/join")) joined += 1;
    return fetchAsEver(...request);
  };
  function press(before) {
    again = setTimeout(() => {
      if (joined !== before || !document.body.hasAttribute("data-waiting")) return;
      pressing = true;
      find("#question textarea").dispatchEvent(new Event("input", { bubbles: true }));
      setTimeout(() => {
        find("#ask").click();
        pressing = false;
        press(before);
      }, 40);
    }, 600);
  }
  const occupied = () => ["data-waiting", "data-busy"].some((state) => document.body.hasAttribute(state));

  // A word under the question box from here, not from the server.
  function say(text) {
    let line = find("#said-here");
    if (!line) {
      line = Object.assign(document.createElement("p"), { id: "said-here", className: "hint-text" });
      line.setAttribute("role", "alert");
      find("#hint").after(line);
    }
    line.textContent = text;
    line.hidden = !text;
    document.body.toggleAttribute("data-said", Boolean(text));
  }

  function ask(question) {
    const box = find("#question textarea");
    if (occupied()) return;
    show("chat");
    if (!wide.matches) closePane();
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, question);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => find("#ask").click(), 40); // Svelte hands the new value on in its next tick
  }

  // Tell whether the question may go to the server; else keep the event from Gradio.
  function mayAsk(event) {
    const isLong = [...find("#question textarea").value].length > limit;
    if (!isLong && !occupied()) return true;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isLong) say(words.tooLong);
    return false;
  }

  // ── shared answers ─────────────────────────────────────────────────────────────────────────────────────────────

  const shared = { question: "", print: "" };

  // A shared link asks again; who opens it is told when today's answer is no longer the one that was sent.
  function compare(turn) {
    shared.question = "";
    if (!shared.print || turn.dataset.print === shared.print) return;
    const note = Object.assign(document.createElement("p"), { className: "notice", textContent: words.otherwise });
    find(".card", turn).prepend(note);
  }

  async function share(button) {
    const turn = button.closest(".turn");
    const url = address(button.dataset.share);
    const text = words.shareText.replace("{question}", find(".asked", turn).textContent);
    const said = find(".said", turn);
    if (handheld.matches && navigator.share) {
      try {
        await navigator.share({ text, url });
      } catch {
        // closed without sharing: nothing to say
      }
      return;
    }
    said.textContent = (await toClipboard(`${text}\n${url}`)) ? words.shared : words.copyFailed;
  }

  // ── the pane ───────────────────────────────────────────────────────────────────────────────────────────────────

  function openPane(view, opener) {
    const pane = find(".pane");
    if (pane.hidden || opener) shown.opener = opener || document.activeElement;
    pane.hidden = false;
    document.body.dataset.pane = view;
    find(".pane-title").textContent = view === "cards" ? words.evidence : words.article;
    find(".back").hidden = view !== "article" || !shown.turn || !find(".evidence", shown.turn);
    find(".link").hidden = view !== "article";
    modal();
  }

  function closePane() {
    const pane = find(".pane");
    if (!pane || pane.hidden) return;
    const within = pane.contains(document.activeElement) || !wide.matches;
    pane.hidden = true;
    pane.style.transform = "";
    delete document.body.dataset.pane;
    all(".chip.open").forEach((chip) => chip.classList.remove("open"));
    modal();
    if (location.hash.startsWith("#article=")) history.replaceState(null, "", hashOf[view()]);
    if (within && shown.opener && shown.opener.isConnected) shown.opener.focus({ preventScroll: true });
  }

  // Over the chat, the pane is a dialog and the rest of the page is out of reach.
  function modal() {
    const pane = find(".pane");
    if (!pane) return;
    const over = !pane.hidden && !wide.matches;
    for (const part of ["#top", "#talk"]) find(part).inert = over;
    find(".scrim").hidden = !over;
    pane.setAttribute("role", over ? "dialog" : "complementary");
    if (over) pane.setAttribute("aria-modal", "true");
    else pane.removeAttribute("aria-modal");
  }

  function showCards(turn, opener) {
    const cards = find(".evidence", turn);
    if (!cards) return;
    shown.turn = turn;
    shown.wanted += 1;
    const body = find(".pane-body");
    body.replaceChildren(...cards.cloneNode(true).children);
    body.scrollTop = 0;
    openPane("cards", opener);
    if (opener) body.focus({ preventScroll: true });
  }

  const addressed = (hash) => {
    const parts = new URLSearchParams(hash.replace(/^#/, ""));
    const span = /^(\d+)-(\d+)$/.exec(parts.get("span") || "");
    return parts.has("article")
      ? { id: parts.get("article"), span: span && { start: +span[1], end: +span[2] } }
      : null;
  };

  // All that one answer cites of one article, so that the numbers in the text are those of the answer.
  function marksOf(turn, id) {
    const marks = new Map();
    for (const chip of all("a.chip, a.chip-like", turn)) {
      const to = addressed(chip.getAttribute("href"));
      if (to && to.id === id && to.span) marks.set(chip.dataset.n, to.span);
    }
    return marks;
  }

  async function showArticle(to, marks, focusOn, opener) {
    const query = [...marks].map(([n, span]) => `mark=${n}:${span.start}-${span.end}`).join("&");
    const body = find(".pane-body");
    const wanted = ++shown.wanted;
    let text;
    try {
      const response = await fetch(`page/articles/${encodeURIComponent(to.id)}?${query}`);
      text = await response.text();
      if (!response.headers.get("content-type").startsWith("text/html")) throw new Error(String(response.status));
    } catch {
      text = "";
    }
    if (wanted !== shown.wanted) return; // another article was asked for meanwhile
    if (text) body.innerHTML = text;
    else body.textContent = words.articleFailed;
    openPane("article", opener);
    const here = all("mark.hit", body).filter((mark) => mark.dataset.n.split(" ").includes(focusOn));
    here.forEach((mark) => mark.classList.add("now"));
    body.focus({ preventScroll: true });
    body.scrollTop = 0;
    if (here.length) {
      const box = body.getBoundingClientRect();
      body.scrollTop = here[0].getBoundingClientRect().top - box.top - box.height / 3; // the page itself stays
    }
  }

  function follow(link) {
    const to = addressed(link.getAttribute("href"));
    const turn = link.closest(".turn") || (link.closest(".pane") && shown.turn) || null;
    shown.turn = turn;
    const marks = turn ? marksOf(turn, to.id) : to.span ? new Map([["1", to.span]]) : new Map();
    all(".chip.open").forEach((chip) => chip.classList.remove("open"));
    if (link.classList.contains("chip")) link.classList.add("open");
    history.pushState(null, "", link.getAttribute("href"));
    showArticle(to, marks, link.dataset.n || "1", link.closest(".pane") ? null : link);
  }

  // ── views and addresses ────────────────────────────────────────────────────────────────────────────────────────

  const view = () => document.body.dataset.view || "chat";
  const hashOf = { chat: "./", shelf: "#articles", figures: "#figures", years: "#years", about: "#about" };

  function show(name) {
    if (name !== view()) closePane(); // what stands there belongs to what one leaves
    document.body.dataset.view = name;
    for (const section of all(".stage .view")) {
      section.hidden = section.dataset.view !== name;
      if (!section.hidden && section.dataset.from) fill(section);
    }
    all(".masthead nav a").forEach((link) => {
      if (link.dataset.do === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
  }

  // Long views are fetched when they are first looked at.
  async function fill(section) {
    const from = section.dataset.from;
    delete section.dataset.from;
    section.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(from);
      if (!response.ok) throw new Error(String(response.status));
      section.innerHTML = await response.text();
    } catch {
      section.dataset.from = from; // the next look tries again
      section.textContent = words.viewFailed;
    }
    section.removeAttribute("aria-busy");
  }

  function go(name) {
    history.pushState(null, "", hashOf[name]);
    show(name);
    scrollTo(0, 0);
  }

  // ── figures ────────────────────────────────────────────────────────────────────────────────────────────────────

  let sieving = 0;

  function wished(page) {
    const query = new URLSearchParams(new FormData(find(".sieve")));
    for (const [name, value] of [...query]) if (!value) query.delete(name);
    find(".sieve .export").setAttribute("href", `page/figures.csv?${query}`);
    if (page) query.set("page", page);
    return query;
  }

  async function sieve(page) {
    const wanted = ++sieving;
    const rows = find(".figure-rows");
    try {
      const response = await fetch(`page/figures/rows?${wished(page)}`);
      if (!response.ok) throw new Error(String(response.status));
      const text = await response.text();
      if (wanted === sieving) rows.innerHTML = text;
    } catch {
      if (wanted === sieving) rows.textContent = words.viewFailed;
    }
    if (page) rows.scrollIntoView({ block: "start" });
  }

  async function why(fold) {
    const body = find(".why-body", fold);
    if (body.childElementCount) return;
    const { question, article, start, end } = fold.dataset;
    try {
      const response = await fetch("page/why", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ question, article_id: article, start: Number(start), end: Number(end) }),
      });
      if (!response.ok) throw new Error(String(response.status));
      body.innerHTML = await response.text();
    } catch {
      body.textContent = words.whyFailed;
    }
  }

  function route() {
    const to = addressed(location.hash);
    const asked = new URLSearchParams(location.hash.replace(/^#/, ""));
    const named = Object.keys(hashOf).find((name) => hashOf[name] === location.hash);
    if (to) {
      const open = find(".chip.open");
      const turn = open && open.closest(".turn");
      const marks = to.span ? new Map([["1", to.span]]) : new Map();
      shown.turn = turn || null;
      showArticle(to, marks, "1", null);
    } else if (asked.get("ask")) {
      Object.assign(shared, { question: asked.get("ask"), print: asked.get("print") || "" });
      history.replaceState(null, "", "./"); // going back must not ask again
      ask(shared.question);
    } else if (named) {
      show(named);
      if (document.body.dataset.pane === "article") closePane();
    } else {
      show("chat");
      if (document.body.dataset.pane === "article") closePane();
    }
  }

  // ── small things ───────────────────────────────────────────────────────────────────────────────────────────────

  async function toClipboard(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const box = Object.assign(document.createElement("textarea"), { value: text, className: "visually-hidden" });
      document.body.append(box);
      box.select();
      const done = document.execCommand("copy"); // the only way on plain http
      box.remove();
      return done;
    }
  }

  async function sendFeedback(button, verdict, reason) {
    const turn = button.closest(".turn");
    const said = find(".said", turn);
    try {
      const response = await fetch("page/feedback", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ answer_id: turn.dataset.answer, verdict, reason }),
      });
      if (!response.ok) throw new Error(String(response.status));
      said.textContent = words.thanks;
      all(".thumb", turn).forEach((thumb) => {
        thumb.setAttribute("aria-pressed", String(thumb.dataset.verdict === verdict));
      });
      find(".reasons", turn).hidden = verdict !== "down" || reason !== "";
    } catch {
      said.textContent = words.feedbackFailed;
    }
  }

  const address = (hash) => new URL(hash, `${location.origin}${location.pathname}`).href;

  const deeds = {
    ask: (button) => ask(button.dataset.ask),
    evidence: (button) => {
      welcomeToOpen = true;
      showCards(button.closest(".turn"), button);
    },
    back: () => {
      if (location.hash.startsWith("#article=")) history.replaceState(null, "", "./");
      showCards(shown.turn, null);
      find(".pane-body").focus({ preventScroll: true });
    },
    close: () => {
      welcomeToOpen = false;
      closePane();
    },
    link: async (button) => {
      const done = await toClipboard(location.href);
      flash(button, done ? words.copied : words.copyFailed);
    },
    copy: async (button) => {
      const text = button.dataset.copy.replace(/^#article=\S+$/gm, address);
      const done = await toClipboard(text);
      find(".said", button.closest(".turn")).textContent = done ? words.copied : words.copyFailed;
    },
    verdict: (button) => sendFeedback(button, button.dataset.verdict, ""),
    reason: (button) => sendFeedback(button, "down", button.dataset.reason),
    share: (button) => share(button),
    chat: () => {
      history.pushState(null, "", "./");
      show("chat");
    },
    shelf: () => go("shelf"),
    figures: () => go("figures"),
    years: () => go("years"),
    about: () => go("about"),
    turn: (button) => sieve(button.dataset.page),
    year: (link) => {
      const year = find(`.year[data-year="${link.dataset.year}"] h3`);
      year.scrollIntoView({ block: "start", behavior: still.matches ? "auto" : "smooth" });
      year.focus({ preventScroll: true });
    },
    focus: () => find("#question textarea").focus(),
  };

  function flash(button, text) {
    const before = button.textContent;
    button.textContent = text;
    setTimeout(() => {
      button.textContent = before;
    }, 1600);
  }

  // ── listening ──────────────────────────────────────────────────────────────────────────────────────────────────

  document.addEventListener(
    "click",
    (event) => {
      if (event.target.closest("#ask")) {
        if (pressing) return;
        if (mayAsk(event)) waiting(true);
        return;
      }
      if (event.target.closest("#stop")) {
        stop();
        return;
      }
      const doer = event.target.closest("[data-do]");
      if (doer && deeds[doer.dataset.do]) {
        event.preventDefault();
        deeds[doer.dataset.do](doer);
        return;
      }
      const link = event.target.closest('a[href^="#article="]');
      if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        follow(link);
      }
    },
    true,
  );

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.isComposing) return; // Enter that ends a word of an input method asks nothing
      if (event.key === "Escape" && !find(".pane").hidden) deeds.close();
    },
    true,
  );
  // Gradio asks on keypress; an input method that ends a word with Enter sends none.
  document.addEventListener(
    "keypress",
    (event) => {
      if (event.key !== "Enter" || event.shiftKey || !event.target.closest("#question")) return;
      if (mayAsk(event)) waiting(true);
    },
    true,
  );

  let typed = 0;
  document.addEventListener("input", (event) => {
    if (!event.target.closest(".sieve")) return;
    clearTimeout(typed);
    typed = setTimeout(() => sieve(), event.target.matches("select") ? 0 : 250);
  });
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.closest(".sieve")) sieve();
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.matches(".why") && event.target.open) why(event.target);
  }, true);

  let pulledFrom = null;
  document.addEventListener("pointerdown", (event) => {
    if (event.target.closest(".handle")) pulledFrom = event.clientY;
  });
  document.addEventListener("pointermove", (event) => {
    if (pulledFrom !== null) find(".pane").style.transform = `translateY(${Math.max(0, event.clientY - pulledFrom)}px)`;
  });
  document.addEventListener("pointerup", (event) => {
    if (pulledFrom === null) return;
    const pulled = event.clientY - pulledFrom;
    pulledFrom = null;
    if (pulled > 90) deeds.close();
    else find(".pane").style.transform = "";
  });

  addEventListener("popstate", route);
  wide.addEventListener("change", modal);

  // Gradio draws the page when it is ready; its own notices (queue full, connection lost) are said in our place.
  const drawing = new MutationObserver(() => {
    const parts = ["#turn .html-container", "#hint .html-container", ".pane", "#question textarea", "#ask", "#stop"];
    if (!parts.every((part) => find(part))) return; // Gradio fetches each kind of part by itself
    drawing.disconnect();
    new MutationObserver(place).observe(find("#turn"), { subtree: true, childList: true, attributes: true, characterData: true });
    new MutationObserver(() => {
      if (!find("#hint .hint-text")) return; // Gradio draws the empty place, too
      waiting(false);
      say("");
    }).observe(find("#hint .html-container"), { subtree: true, childList: true, attributes: true, characterData: true });
    const read = new WeakSet();  // what is said below changes the page again, while a closed notice still fades
    new MutationObserver(() => {
      const notice = all('[data-testid="toast-text"]').find((each) => !read.has(each));
      if (!notice) return;
      read.add(notice);
      const text = notice.textContent.trim();
      all('[data-testid="toast-close"]').forEach((button) => button.click());
      waiting(false);
      document.body.removeAttribute("data-busy");
      say(/\p{Script=Han}/u.test(text) ? text : words.lost);
    }).observe(document.body, { subtree: true, childList: true });
    show("chat");
    route();
    place();
  });
  drawing.observe(document.documentElement, { subtree: true, childList: true });
})();
