"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  let data = null;
  let limit = 60;
  const LEVELS = ["本句所引", "同一篇", "别的依据", "别的文章", "哪里都没有"];
  const STATUS = { answered: "已回答", refused: "拒答", smalltalk: "闲聊" };
  const FILTERS = ["verdict", "family", "cause", "split", "flip"];
  const load = () => (data ??= JSON.parse(byId("data").textContent));

  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "class") node.className = value;
      else if (name === "onclick") node.addEventListener("click", value);
      else node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  };
  // Offsets in the data count code points; JavaScript counts UTF-16 units.
  const cut = (text, start, end) => Array.from(text).slice(start, end).join("");
  const length = (text) => Array.from(text).length;

  const marked = (text, spans) => {
    const parts = [];
    let at = 0;
    for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
      if (span.start < at) continue;
      parts.push(cut(text, at, span.start));
      parts.push(make("mark", { class: span.kind, title: span.title }, cut(text, span.start, span.end)));
      at = span.end;
    }
    parts.push(cut(text, at, length(text)));
    return parts;
  };

  const wanted = () => Object.fromEntries([["words", byId("words").value.trim().toLowerCase()],
    ...FILTERS.map((name) => [name, byId(name)?.value ?? ""])]);

  const fits = (one, ask) =>
    (!ask.verdict || one.verdict === ask.verdict) && (!ask.family || one.family === ask.family) &&
    (!ask.cause || one.cause === ask.cause) && (!ask.split || one.split === ask.split) &&
    (!ask.flip || String(one.flip ?? 0) === ask.flip) &&
    (!ask.words || `${one.id} ${one.question} ${one.answer?.answer ?? ""}`.toLowerCase().includes(ask.words));

  const list = () => {
    const ask = wanted();
    const found = load().cases.filter((one) => fits(one, ask));
    found.sort((a, b) => (a.verdict === "PASS") - (b.verdict === "PASS"));
    byId("count").textContent = found.length ? `${found.length} 题` : "没有符合的题";
    const open = current();
    const items = found.slice(0, limit).map((one) => make("li", {}, make("button", {
      type: "button", "aria-current": String(one.id === open), onclick: () => { location.hash = `case=${one.id}`; },
    }, make("b", {}, one.question.slice(0, 90)), make("span", {}, `${one.id} · ${load().families[one.family] ?? one.family}`),
    one.cause ? make("span", { class: "why" }, ` · ${load().causes[one.cause]}`) : null)));
    if (found.length > limit) {
      items.push(make("li", {}, make("button", { type: "button", class: "more", onclick: () => { limit += 200; list(); } },
        `再看 ${Math.min(200, found.length - limit)} 题`)));
    }
    byId("list").replaceChildren(...items);
  };

  const current = () => new URLSearchParams(location.hash.slice(1)).get("case");
  const section = (title, ...children) => [make("h4", {}, title), ...children];
  const articleName = (id) => load().articles[id]?.headline ?? id;

  const answerPart = (one) => {
    const said = one.answer;
    if (!said) return one.error ? section("出错", make("p", {}, one.error)) : [];
    const facts = (claim) => (one.facts ?? []).filter((fact) => fact.claim === claim)
      .map((fact) => ({ ...fact, kind: `l${fact.level}`, title: LEVELS[fact.level] }));
    const parts = [];
    if (said.short_answer) parts.push(make("p", { class: "short" }, ...marked(said.short_answer, facts(-1))));
    if (said.calculation) parts.push(make("p", {}, said.calculation));
    (said.claims ?? []).forEach((claim, index) => parts.push(make("p", { class: "claim" },
      claim.label ? make("span", { class: "small" }, `${claim.label}　`) : null, ...marked(claim.text, facts(index)),
      make("sup", {}, claim.citations.map((n) => `[${n}]`).join("")))));
    if (!said.claims?.length) parts.push(make("p", { class: "claim" }, said.answer));
    if (one.facts?.length) parts.push(make("p", { class: "levels" }, ...LEVELS.map((name, level) => make("i", { class: `l${level}` }, name))));
    return section(`回答（${STATUS[said.status] ?? said.status}${said.confidence === undefined ? "" : `，把握 ${(said.confidence * 100).toFixed(0)}%`}）`, ...parts);
  };

  const quotes = (one) => {
    const cited = one.answer?.citations ?? [];
    return cited.length ? section("引用", ...cited.map((citation) => {
      const gold = one.evidence.filter(([id, start, end]) => id === citation.article_id && start < citation.end && end > citation.start)
        .map(([, start, end]) => ({ start: Math.max(0, start - citation.start), end: Math.min(citation.end, end) - citation.start, kind: "gold", title: "标准依据" }));
      return make("blockquote", {}, ...marked(citation.quote, gold),
        make("p", { class: "small" }, `[${citation.n}] ${citation.headline} ${citation.published}${citation.published_inferred ? "（推定）" : ""}`));
    })) : [];
  };

  const goldPart = (one) => one.gold ? section("标准答案", make("p", {}, one.gold.filter((fact) => fact.must).map((fact) => fact.aliases[0]).join("；")),
    ...one.evidence.map(([id, start, end, quote]) => {
      const text = load().articles[id]?.text ?? quote;
      const from = Math.max(0, start - 40);
      return make("blockquote", {}, from ? "…" : "", cut(text, from, start), make("mark", { class: "gold" }, quote), cut(text, end, end + 40), "…",
        make("p", { class: "small" }, articleName(id)));
    })) : section("标准答案", make("p", {}, one.expected === "smalltalk" ? "闲聊" : "应当拒答：文章没有写"));

  const hitsPart = (one) => one.hits ? section(one.gold_rank ? `检索（标准依据排第 ${one.gold_rank}）` : "检索",
    make("ol", { class: "hits" }, ...one.hits.map(([id, start, end]) => {
      const gold = one.evidence.some(([other, from, to]) => other === id && from < end && to > start);
      return make("li", { class: gold ? "gold" : "" }, cut(load().articles[id]?.text ?? "（混入的文章）", start, Math.min(end, start + 70)) + (end - start > 70 ? "…" : ""));
    }))) : [];

  const metricsPart = (one) => section("这一题的指标", make("table", {}, make("tbody", {}, ...Object.entries(one.metrics).map(([key, value]) =>
    make("tr", {}, make("td", {}, load().metrics[key] ?? key), make("td", {}, (Math.round(value * 1000) / 1000).toString()))))));

  const show = () => {
    const one = load().cases.find((found) => found.id === current());
    const pane = byId("case");
    document.querySelector(".cases").classList.toggle("reading", Boolean(one));
    pane.hidden = !one;
    if (!one) return;
    const good = one.verdict === "PASS";
    const history = (one.history ?? []).flatMap(([asked, said]) => [make("p", { class: "small" }, `问：${asked}`), make("p", { class: "small" }, `答：${said}`)]);
    const facts = [one.id, load().families[one.family] ?? one.family, one.variant ? load().transforms[one.variant] ?? one.variant : "",
      one.split, one.as_of ? `提问日 ${one.as_of}` : "", one.seconds >= 0.0005 ? `${(one.seconds * 1000).toFixed(0)} 毫秒` : ""];
    pane.replaceChildren(
      make("button", { type: "button", class: "back", onclick: () => { location.hash = "explorer"; } }, "‹ 回到列表"),
      ...history, make("h3", {}, one.question), make("p", { class: "meta" }, facts.filter(Boolean).join(" · ")),
      make("p", { class: good ? "verdict" : "verdict bad" }, good ? "通过" : `${load().causes[one.cause]}：${one.why}`),
      ...answerPart(one), ...quotes(one), ...goldPart(one), ...hitsPart(one),
      ...(one.planted ? section("混入的文章", make("p", { class: "small" }, one.planted)) : []), ...metricsPart(one),
      make("p", { class: "small" }, `重跑：linping eval replay ${one.id}`));
    pane.scrollTop = 0;
  };

  const followHash = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    let filtered = false;
    for (const name of FILTERS) {
      if (asked.has(name) && byId(name)) { byId(name).value = asked.get(name); filtered = true; }
    }
    if (asked.has("case")) limit = Math.max(limit, 60);
    list();
    show();
    if (filtered || asked.has("case")) {
      (asked.has("case") ? byId("case") : byId("explorer")).scrollIntoView({ block: "start" });
      if (asked.has("case")) byId("case").focus({ preventScroll: true });
    }
  };

  document.querySelector(".filters").addEventListener("input", () => { limit = 60; list(); });
  document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
  document.querySelectorAll(".group li").forEach((item) => item.addEventListener("click", () => item.classList.toggle("open")));
  addEventListener("hashchange", followHash);
  if (location.hash) followHash();
  else if ("IntersectionObserver" in window) {
    const watch = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) { watch.disconnect(); list(); } }, { rootMargin: "600px" });
    watch.observe(byId("explorer"));
  } else list();
})();
