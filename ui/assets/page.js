// What the page does: asks, places each turn, opens the evidence, reads articles, keeps conversations, announces.
// The server has drawn the page; a queue of Gradio's carries question and answer, without Gradio's own script.
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

  const shown = { turn: null, opener: null, wanted: 0 };
  let welcomeToOpen = true; // until a visitor closes the pane by hand

  // ── turns ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const box = () => find("#question textarea");
  const turnOf = (id) => all(".turns .turn").find((turn) => turn.dataset.turn === id);
  let conversation = keeping.fresh();
  let moved = false; // the visitor has scrolled since the question: the page no longer does

  // Each turn comes anew as it grows; one that is whole stays as its visitor left it.
  function place(turn) {
    const old = turnOf(turn.dataset.turn);
    if (old) {
      if (old.getAttribute("aria-busy") === "false") return;
      turn.classList.toggle("newest", old.classList.contains("newest"));
      if (old.isEqualNode(turn)) return;
      swap(old, turn);
    } else add(turn);
    if (document.body.hasAttribute("data-waiting")) say(""); // that the line is slow
    waiting(false);
    const busy = turn.getAttribute("aria-busy") === "true";
    busyWith(busy || Number(turn.dataset.left) > 0); // further questions of the same message
    align();
    if (busy) return;
    say("");
    announce(turn.dataset.announce);
    const answered = !["refused", "smalltalk", "broken"].includes(turn.dataset.shape);
    if (answered) keeping.setOpen(find(".asked", turn).textContent, false);
    drawOpen(turn);
    if (shared.question === find(".asked", turn).textContent) compare(turn);
    remember(turn);
    if (!wide.matches) return;
    const proven = answered && find(".evidence", turn);
    if (first && first !== turn) return; // a further answer to the same message
    if (view() !== "chat" || (document.body.dataset.pane === "article" && shown.turn === turn)) return; // reading already
    if (proven && welcomeToOpen) showCards(turn, null);
    else if (document.body.dataset.pane === "cards") closePane(); // it is of the question before
  }

  // Put a turn at the end, in place of the one that stood for it until the server spoke.
  function add(turn) {
    const waitingFor = turnOf("");
    if (waitingFor) swap(waitingFor, turn);
    else find(".turns").append(turn);
    all(".turns .turn.newest").forEach((one) => one.classList.remove("newest"));
    find(".turns .turn:last-child").classList.add("newest");
    document.body.dataset.asked = "";
  }

  // What was open of the old turn, or held by the keyboard, is so of the new one.
  function swap(old, turn) {
    const same = (chip) => chip && find(`a.chip[data-n="${chip.dataset.n}"]`, turn);
    const held = old.contains(document.activeElement) ? same(document.activeElement) : null;
    same(find(".chip.open", old))?.classList.add("open");
    old.replaceWith(turn);
    held?.focus({ preventScroll: true });
    if (first === old) first = turn;
    if (shown.turn === old) shown.turn = turn;
  }

  // The question that was asked last stands right under the bar, whatever has grown or shrunk meanwhile.
  let first = null; // the first of several turns to one message
  function align(smoothly = false) {
    const turn = first && first.isConnected ? first : find(".turns .turn:last-child");
    if (moved || !turn || view() !== "chat") return;
    const behavior = smoothly && !still.matches ? "smooth" : "instant";
    turn.scrollIntoView({ block: "start", behavior });
  }

  // End a turn that will not grow any more, say why, and keep it: what was asked is not lost.
  function endTurn(why) {
    const turn = find('.turns .turn:last-child[aria-busy="true"]');
    if (!turn) return void say(why);
    turn.setAttribute("aria-busy", "false");
    turn.dataset.turn ||= newSession(); // the server never gave it a name; without one the next question would take its place
    const note = Object.assign(document.createElement("p"), { className: "dateline", textContent: why });
    const pending = find(".pending", turn);
    if (pending) pending.replaceWith(note);
    else find(".card", turn).append(note);
    find(".card", turn).append(find("#cut-off").content.cloneNode(true));
    announce(why);
    remember(turn);
  }

  function stop() {
    underWay?.leave();
    say("");
    endTurn(words.stopped);
    waiting(false);
    busyWith(false);
  }

  const announce = (text) => {
    find(".live").textContent = text;
  };

  // From Enter until the server has taken the question up.
  let slow = 0;
  function waiting(on) {
    clearTimeout(slow);
    document.body.toggleAttribute("data-waiting", on);
    if (on) slow = setTimeout(() => say(words.slow), 4000);
  }

  // From then until all that the message asked is answered.
  function busyWith(on) {
    document.body.toggleAttribute("data-busy", on);
    if (!on) keeping.setAsked("");
  }

  // ── the way to the server ──────────────────────────────────────────────────────────────────────────────────────

  const newSession = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  let session = newSession(); // what a visitor is counted by; another one after a question that was cut off
  let underWay = null; // the question whose stream is open
  let ended = Promise.resolve(); // the stream of the question before is closed
  const SILENCE = 45_000; // a stream that lives is heard every 15 seconds

  function post(path, body) {
    const headers = { "content-type": "application/json" };
    return fetch(`gradio_api/${path}`, { method: "POST", headers, body: JSON.stringify({ fn_index: 0, ...body }) });
  }

  // Ask through the queue: join it, then read what comes of it until it closes.
  async function transmit(question) {
    const here = { event: "", stream: null, turns: "", hint: "", silence: 0, left: false };
    const before = ended;
    let close;
    ended = new Promise((resolve) => (close = resolve));
    const cancel = () => here.event && post("cancel", { session_hash: here.session, event_id: here.event }).catch(() => {});
    here.leave = (why, whole = false) => {
      if (here.left) return;
      here.left = true;
      clearTimeout(here.silence);
      here.stream?.close();
      if (!whole) {
        session = newSession();
        cancel();
      }
      close();
      if (underWay !== here) return; // the next question is asked already
      underWay = null;
      if (why && occupied()) failed(why, question);
    };
    const heard = () => {
      clearTimeout(here.silence);
      here.silence = setTimeout(() => here.leave(words.lost), SILENCE);
    };
    underWay = here;
    heard();
    const data = [question, null, saidBefore(), JSON.stringify(toSend(within()))];
    await before;
    if (here.left) return;
    here.session = session;
    try {
      const joined = await post("queue/join", { data, session_hash: here.session });
      const told = await joined.json().catch(() => ({}));
      if (!joined.ok) throw new Error(told.detail);
      here.event = told.event_id;
    } catch (error) {
      here.leave(/\p{Script=Han}/u.test(error.message) ? error.message : words.lost);
    }
    if (here.left) return void cancel();
    here.stream = new EventSource(`gradio_api/queue/data?session_hash=${here.session}`);
    here.stream.onerror = () => setTimeout(() => here.leave(words.lost), 300); // not when it breaks because the page is left
    here.stream.onmessage = (event) => {
      if (here.left) return;
      heard();
      const { msg, output } = JSON.parse(event.data);
      if (output?.data) {
        here.turns = grown(here.turns, output.data[0]);
        here.hint = grown(here.hint, output.data[1]);
        if (here.hint && underWay === here) failed(drawn(here.hint).textContent, question);
        all(".turn", drawn(here.turns)).forEach(place);
      }
      if (msg === "close_stream") here.leave(words.lost, true);
      else if (msg === "unexpected_error") here.leave(words.lost);
    };
  }

  // What Gradio sends of a text: the text itself, or [how, where, what] for each change of it, or nothing new.
  function grown(before, sent) {
    if (typeof sent === "string") return sent;
    if (!Array.isArray(sent)) return before;
    return sent.reduce((text, [how, , what]) => (typeof what !== "string" ? text : how === "append" ? text + what : what), before);
  }

  const occupied = () => ["data-waiting", "data-busy"].some((state) => document.body.hasAttribute(state));

  // A word under the question box.
  function say(text) {
    const line = find("#said-here");
    line.textContent = text;
    line.hidden = !text;
  }

  // The question did not arrive: it goes back to where it was written; where something else stands there by now, it stays
  // where it is.
  function failed(text, question) {
    waiting(false);
    busyWith(false);
    if (!box().value) {
      turnOf("")?.remove();
      box().value = question;
    }
    endTurn(text);
    if (!find(".turns .turn")) delete document.body.dataset.asked;
    grow();
    say(text);
  }

  function ask(question) {
    if (occupied()) {
      if (question.trim()) say(words.oneAtATime);
      return false;
    }
    if ([...question].length > limit || !question.trim()) {
      say(question.trim() ? words.tooLong : words.empty);
      return false;
    }
    show("chat");
    if (!wide.matches) closePane();
    say("");
    narrow(false);
    moved = false;
    const turn = find("#waiting-turn").content.firstElementChild.cloneNode(true);
    find(".asked", turn).textContent = question;
    add(turn);
    first = turn;
    announce(words.pending);
    if (handheld.matches) box().blur(); // its keyboard would cover the answer
    align(true);
    waiting(true);
    keeping.setAsked(question);
    transmit(question);
    return true;
  }

  function askWhatIsWritten() {
    if (!ask(box().value)) return;
    box().value = "";
    grow();
    if (home !== "./") {
      home = "./";
      history.replaceState({ view: "chat" }, "", home);
    }
  }

  function grow() {
    const area = box();
    area.style.height = "";
    if (area.scrollHeight > area.clientHeight) area.style.height = `${area.scrollHeight}px`;
  }

  // ── conversations ──────────────────────────────────────────────────────────────────────────────────────────────

  const recordOf = (turn) => {
    try {
      return JSON.parse(turn.dataset.kept || "null");
    } catch {
      return null;
    }
  };

  function remember(turn) {
    const known = keeping.find(conversation.id);
    if (known && known.turns.length !== conversation.turns.length) conversation.id = keeping.fresh().id; // another tab goes on with it
    conversation.turns.push({ html: turn.outerHTML, record: recordOf(turn) });
    conversation.at = Date.now();
    keeping.goOn(conversation.id);
    if (!keeping.keep(conversation)) say(words.keptFailed);
  }

  // What was said so far, for questions that build on it, as the server takes it: the latest turns that fit.
  function saidBefore() {
    const said = [];
    let room = 12_000;
    for (const { html, record } of conversation.turns.slice(-12).reverse()) {
      if (!record) continue;
      const offered = [...drawn(html).querySelectorAll(".more [data-ask]")].map((one) => one.dataset.ask);
      const turn = [record.question, record.said, offered];
      room -= JSON.stringify(turn).length;
      if (room < 0) break;
      said.unshift(turn);
    }
    return JSON.stringify(said);
  }

  function drawn(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content;
  }

  function open(kept) {
    conversation = kept;
    keeping.goOn(kept.id);
    const turns = kept.turns.map(({ html }) => drawn(html).firstElementChild).filter((turn) => turn?.matches(".turn"));
    drawWithin();
    turns.forEach((turn) => turn.classList.remove("newest"));
    find(".turns").replaceChildren(...turns);
    drawOpen(find(".turns"));
    document.body.toggleAttribute("data-asked", turns.length > 0);
    if (turns.length) turns.at(-1).classList.add("newest");
    first = null;
    shown.turn = null;
  }

  function begin() {
    if (occupied()) stop();
    underWay?.leave();
    closePane();
    open(keeping.fresh());
    say("");
  }

  function listKept() {
    const rows = keeping.all().filter((one) => one.turns.length).map((one) => {
      const row = find("#kept-row").content.firstElementChild.cloneNode(true);
      row.dataset.id = one.id;
      const asked = drawn(one.turns[0].html).querySelector(".asked");
      find(".kept-title", row).textContent = asked ? asked.textContent : "";
      const date = new Date(one.at).toLocaleString("zh-CN", { dateStyle: "medium", timeStyle: "short" });
      find(".meta", row).textContent = words.keptCount.replace("{n}", one.turns.length).replace("{date}", date);
      return row;
    });
    find(".kept-list").replaceChildren(...rows);
    find('[data-do="forget-all"]').hidden = !rows.length;
    find(".view.kept .said").textContent = rows.length ? "" : words.keptNone;
  }

  // Show of each refusal within `place` whether its question is on the list of those to look up.
  function drawOpen(place) {
    const open = keeping.open();
    for (const button of all('[data-do="open"]', place)) {
      const on = open.includes(find(".asked", button.closest(".turn")).textContent);
      button.setAttribute("aria-pressed", String(on));
      button.textContent = on ? words.opened : words.open;
    }
  }

  function listOpen() {
    const open = keeping.open();
    const rows = open.map((question) => {
      const row = find("#open-row").content.firstElementChild.cloneNode(true);
      find(".kept-title", row).textContent = question;
      return row;
    });
    find(".open-list").replaceChildren(...rows);
    find('[data-do="open-copy"]').hidden = !rows.length;
    find('[data-do="open-copy"] + .said').textContent = rows.length ? "" : words.openNone;
  }

  async function exportKept(button, form) {
    const kept = keeping.find(button.closest("li").dataset.id);
    const records = (kept ? kept.turns : []).map(({ record }) => record).filter(Boolean);
    const said = find(".view.kept .said");
    if (!records.length) {
      said.textContent = words.exportEmpty;
      return;
    }
    try {
      const response = await fetch(`page/export/${form}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(records.slice(-100)),
      });
      if (!response.ok) throw new Error(String(response.status));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await response.blob());
      link.download = `${document.title}-${new Date(kept.at).toISOString().slice(0, 10)}.${form}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      said.textContent = "";
    } catch {
      said.textContent = words.exportFailed;
    }
  }

  function forgetAll() {
    begin(); // first: what is stopped is kept
    keeping.forgetAll();
    listKept();
  }

  // Nothing is thrown away by one slip of a finger.
  function sure(button, deed) {
    if (button.dataset.sure) {
      deed();
      return;
    }
    button.dataset.sure = button.textContent;
    button.textContent = words.keptSure;
    setTimeout(() => {
      if (!button.isConnected) return;
      button.textContent = button.dataset.sure;
      delete button.dataset.sure;
    }, 4000);
  }

  // ── limited to some articles ───────────────────────────────────────────────────────────────────────────────────

  // Belongs to the conversation: {articles: [{id, title}], years: {since, until, title} or null}.
  const within = () => (conversation.within ||= { articles: [], years: null });
  const toSend = ({ articles, years }) => ({
    articles: articles.map(({ id }) => id),
    since: years?.since || "",
    until: years?.until || "",
  });

  function drawWithin() {
    const { articles, years } = within();
    const chips = [...articles, ...(years ? [years] : [])].map((one) => {
      const chip = find("#within-one").content.firstElementChild.cloneNode(true);
      find("span", chip).textContent = one.id ? `《${one.title}》` : one.title;
      const off = find("button", chip);
      off.dataset.article = one.id || "";
      off.setAttribute("aria-label", `${words.widen}：${one.title}`);
      return chip;
    });
    find("#within").replaceChildren(...chips);
    find("#within").hidden = !chips.length;
    for (const button of all('[data-do="only"]'))
      button.setAttribute("aria-pressed", String(articles.some(({ id }) => id === button.dataset.article)));
    for (const button of all('[data-do="year-only"]'))
      button.setAttribute("aria-pressed", String(button.dataset.since === years?.since));
    keeping.setWithin(within());
    if (conversation.turns.length) keeping.keep(conversation);
  }

  function narrow(open) {
    find("#narrow").hidden = !open;
    find('[data-do="narrow"]').setAttribute("aria-expanded", String(open));
  }

  function sharedWithin(asked) {
    const title = (id) => find(`.shelf-list [data-article="${CSS.escape(id)}"]`)?.dataset.title || id;
    const [since, until] = [asked.get("since") || "", asked.get("until") || ""];
    const year = all('[data-do="year-only"]').find((one) => one.dataset.since === since && one.dataset.until === until);
    return {
      articles: asked.getAll("only").map((id) => ({ id, title: title(id) })),
      years: since || until ? { since, until, title: year ? year.textContent : `${since}—${until}` } : null,
    };
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
    delete document.body.dataset.alone;
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
      ? { id: parts.get("article"), span: span && { start: +span[1], end: +span[2], says: parts.get("says") || "", print: parts.get("print") || "" } }
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
    const printed = (span) => (span.print ? `~${encodeURIComponent(span.print)}` : "");
    const query = [...marks]
      .map(([n, span]) => `mark=${n}:${span.start}-${span.end}${printed(span)}:${encodeURIComponent(span.says)}`)
      .join("&");
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
    const state = { view: view(), turn: turn ? turn.dataset.turn : "", n: link.dataset.n || "1" };
    history.pushState(state, "", link.getAttribute("href"));
    showArticle(to, marks, link.dataset.n || "1", link.closest(".pane") ? null : link);
  }

  // ── views and addresses ────────────────────────────────────────────────────────────────────────────────────────

  const view = () => document.body.dataset.view || "chat";
  let home = "./"; // the address of the conversation: that of a shared link until something else is asked
  const hashOf = { shelf: "#articles", figures: "#figures", years: "#years", about: "#about", kept: "#kept" };

  function show(name) {
    if (name !== view()) closePane(); // what stands there belongs to what one leaves
    document.body.dataset.view = name;
    for (const section of all(".stage .view")) {
      section.hidden = section.dataset.view !== name;
      if (!section.hidden && section.dataset.from) fill(section);
      if (!section.hidden && name === "kept") [listKept, listOpen].forEach((list) => list());
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
    history.pushState({ view: name }, "", hashOf[name] || home);
    show(name);
    if (name === "chat") backToLast();
    else scrollTo(0, 0);
  }

  function backToLast() {
    const turn = find(".turns .turn:last-child");
    if (turn) turn.scrollIntoView({ block: "start", behavior: "instant" });
  }

  // Leave the address of an article that is no longer open.
  function leaveArticle() {
    if (location.hash.startsWith("#article=")) history.replaceState({ view: view() }, "", hashOf[view()] || home);
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

  function route(event) {
    const state = event?.state || history.state || {};
    const to = addressed(location.hash);
    const asked = new URLSearchParams(location.hash.replace(/^#/, ""));
    const named = Object.keys(hashOf).find((name) => hashOf[name] === location.hash);
    if (to) {
      show(state.view || view());
      const turn = state.turn ? turnOf(state.turn) : null;
      const marks = turn ? marksOf(turn, to.id) : to.span ? new Map([["1", to.span]]) : new Map();
      const n = turn && state.n ? state.n : "1";
      shown.turn = turn || null;
      all(".chip.open").forEach((chip) => chip.classList.remove("open"));
      const chip = turn && find(`a.chip[data-n="${n}"]`, turn);
      if (chip) chip.classList.add("open");
      showArticle(to, marks, n, null);
      return;
    }
    if (document.body.dataset.pane === "article") closePane();
    if (!asked.get("ask")) {
      show(named || "chat");
      return;
    }
    home = location.hash;
    show("chat");
    history.replaceState({ view: "chat" }, "", home); // can be passed on; going back to it asks nothing again
    const question = asked.get("ask");
    if (state.view || all(".turns .asked").some((one) => one.textContent === question)) return;
    begin();
    Object.assign(shared, { question, print: asked.get("print") || "" });
    conversation.within = sharedWithin(asked);
    drawWithin();
    ask(question);
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
      leaveArticle();
      showCards(shown.turn, null);
      find(".pane-body").focus({ preventScroll: true });
    },
    close: () => {
      welcomeToOpen = false;
      document.body.dataset.alone = "";
      closePane();
      leaveArticle();
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
    again: (button) => {
      box().value = find(".asked", button.closest(".turn")).textContent;
      grow();
      box().focus();
      box().setSelectionRange(box().value.length, box().value.length);
    },
    fresh: () => {
      begin();
      home = "./";
      go("chat");
      box().focus({ preventScroll: true });
    },
    kept: () => go("kept"),
    open: (button) => {
      const turn = button.closest(".turn");
      if (!keeping.setOpen(find(".asked", turn).textContent, button.getAttribute("aria-pressed") !== "true")) say(words.keptFailed);
      drawOpen(find(".turns"));
    },
    "open-ask": (button) => {
      go("chat");
      ask(find(".kept-title", button.closest("li")).textContent);
    },
    "open-drop": (button) => {
      keeping.setOpen(find(".kept-title", button.closest("li")).textContent, false);
      listOpen();
      drawOpen(find(".turns"));
    },
    "open-copy": async (button) => {
      const done = await toClipboard(keeping.open().join("\n"));
      button.nextElementSibling.textContent = done ? words.copied : words.copyFailed;
    },
    narrow: () => narrow(find("#narrow").hidden),
    only: (button) => {
      const { article: id, title } = button.dataset;
      const chosen = within().articles;
      const known = chosen.findIndex((one) => one.id === id);
      if (known < 0) chosen.push({ id, title });
      else chosen.splice(known, 1);
      drawWithin();
      if (known >= 0 || view() === "chat") return;
      go("chat");
      box().focus({ preventScroll: true });
    },
    "year-only": (button) => {
      const { since, until } = button.dataset;
      within().years = within().years?.since === since ? null : { since, until, title: button.textContent };
      drawWithin();
    },
    widen: (button) => {
      const { article } = button.dataset;
      if (article) within().articles = within().articles.filter(({ id }) => id !== article);
      else within().years = null;
      drawWithin();
      box().focus({ preventScroll: true });
    },
    reopen: (button) => {
      const kept = keeping.find(button.closest("li").dataset.id);
      if (!kept) return;
      begin();
      open(kept);
      go("chat");
    },
    docx: (button) => exportKept(button, "docx"),
    md: (button) => exportKept(button, "md"),
    forget: (button) =>
      sure(button, () => {
        const { id } = button.closest("li").dataset;
        if (id === conversation.id) begin();
        keeping.forget(id);
        listKept();
      }),
    "forget-all": (button) => sure(button, forgetAll),
    chat: () => go("chat"),
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
    focus: () => box().focus(),
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

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return; // Enter that ends a word of an input method asks nothing
    if (event.key === "Escape" && !find(".pane").hidden) deeds.close();
    else if (event.key === "Escape" && !find("#narrow").hidden) {
      narrow(false);
      find('[data-do="narrow"]').focus();
    }
    if (event.key !== "Enter" || event.shiftKey || !event.target.closest("#question")) return;
    event.preventDefault();
    if (!event.repeat) askWhatIsWritten();
  });
  for (const gesture of ["wheel", "touchmove"]) addEventListener(gesture, () => (moved = true), { passive: true });
  new ResizeObserver(() => align()).observe(find(".turns"));
  addEventListener("keydown", (event) => {
    if (["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"].includes(event.key)) moved = true;
  });

  let typed = 0;
  document.addEventListener("input", (event) => {
    if (event.target.closest("#question")) grow();
    if (event.target.matches(".shelf-search")) {
      const wanted = event.target.value.trim().toLowerCase();
      all(".shelf-list li").forEach((row) => (row.hidden = !find("a", row).textContent.toLowerCase().includes(wanted)));
    }
    if (!event.target.closest(".sieve")) return;
    clearTimeout(typed);
    typed = setTimeout(() => sieve(), event.target.matches("select") ? 0 : 250);
  });
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.closest("#composer")) askWhatIsWritten();
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

  addEventListener("pagehide", () => {
    keeping.setAsked(occupied() ? keeping.asked() : box().value);
    underWay?.leave();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted && occupied()) failed(words.lost, keeping.asked());
  });
  addEventListener("storage", (event) => keeping.forgotten(event) && forgetAll());
  addEventListener("popstate", route);
  wide.addEventListener("change", modal);

  new ResizeObserver(([dock]) => {
    document.documentElement.style.setProperty("--dock", `${dock.borderBoxSize[0].blockSize}px`);
  }).observe(find("#dock"));

  const kept = keeping.current() && keeping.find(keeping.current());
  if (kept) open(kept);
  else {
    conversation.within = keeping.within();
    drawWithin();
  }
  show("chat");
  if (kept) backToLast();
  box().value ||= keeping.asked(); // a reload cut its answer off, or came before it was asked
  keeping.setAsked("");
  grow();
  route(null);
})();
