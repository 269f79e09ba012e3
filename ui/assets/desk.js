/* The desk's keyboard, the proof while typing, and who else is at it. Everything also works without this script, by forms. */
(() => {
  "use strict";
  const file = document.querySelector("form.new input[type=file]");
  if (file) {
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) file.files = event.dataTransfer.files;
      file.scrollIntoView({ block: "center" });
    });
  }
  const work = document.querySelector(".work");
  if (!work) return;
  const { lead, form } = work.dataset;
  const pane = work.querySelector(".pane");
  const state = document.querySelector(".state");
  let now = 0;
  let opening = 0; // what was asked for last is shown, in whatever order answers come
  let opened = 0;
  let typing = 0;
  let moment = Number(work.dataset.moment);
  let unkept = null; // what was typed since it was last kept
  let keeping = false;

  const rows = () => [...work.querySelectorAll("tr[data-n]")];
  const send = (url, data) => fetch(url, { method: "POST", headers: { "X-Form": form }, body: new URLSearchParams(data) });
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const say = (words) => { state.textContent = words; };

  function mark() {
    now = Number(pane.querySelector("h2[data-n]")?.dataset.n ?? 0);
    for (const row of rows()) row.classList.toggle("now", Number(row.dataset.n) === now);
  }

  async function open(row) {
    if (!row) return;
    const mine = ++opening;
    const answer = await fetch(`${lead}/${row.dataset.n}`).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    if (mine !== opening) return;
    opened = mine;
    if (!html) return say("…");
    pane.innerHTML = html;
    mark();
    row.scrollIntoView({ block: "nearest" });
  }

  const step = (by) => { const all = rows(); open(all[all.findIndex((row) => Number(row.dataset.n) === now) + by]); };

  async function submit(at, by) {
    unkept = null;
    while (keeping) await pause(20); // what is kept late would come back as if it were new
    const mine = ++opening;
    const answer = await send(at.action, new FormData(at, by)).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    if (mine === opening) opened = mine;
    if (!html) return say((await answer?.json().catch(() => ({})))?.detail ?? String(answer?.status ?? "…"));
    if (mine !== opening) return look();
    pane.innerHTML = html;
    mark();
    say("");
    look();
    if (at.dataset.key === "a") step(1);
  }

  async function keep(area) {
    unkept = { at: area.closest("form").action.replace(/edit$/, "typing"), text: area.value };
    if (keeping) return;
    keeping = true;
    while (unkept) {
      const { at, text } = unkept;
      unkept = null;
      const answer = await send(at, { form, text }).catch(() => null);
      if (answer && !answer.ok) say((await answer.json().catch(() => ({}))).detail ?? String(answer.status));
      if (!answer) { unkept ??= { at, text }; await pause(1000); } // nobody there just now
    }
    keeping = false;
  }

  async function prove(area) {
    const mine = ++typing;
    await pause(350);
    if (mine !== typing) return;
    const at = area.closest("form");
    const answer = await send(at.action.replace(/edit$/, "prove"), { form, text: area.value }).catch(() => null);
    if (mine === typing && answer?.ok) at.querySelector(".proof").innerHTML = await answer.text();
  }

  async function look() {
    const answer = await fetch(`${lead}/state?since=${moment}`).catch(() => null);
    if (!answer?.ok) return;
    const told = await answer.json();
    moment = told.moment;
    state.dataset.running = Number(told.running);
    if (told.told || told.running) say(told.told);
    for (const row of rows()) {
      const [version, html] = told.rows[row.dataset.n] ?? [];
      if (!html || String(version) === row.dataset.version) continue;
      row.outerHTML = html;
      const open_ = pane.querySelector("h2[data-n]");
      const untouched = opening === opened && (!pane.contains(document.activeElement) || document.activeElement.tagName !== "TEXTAREA");
      if (open_?.dataset.n === row.dataset.n && open_.dataset.version !== String(version) && untouched) open(document.getElementById(`q${row.dataset.n}`));
    }
    mark();
  }

  work.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-n]");
    if (row && !event.ctrlKey && !event.metaKey) { event.preventDefault(); open(row); }
  });
  pane.addEventListener("submit", (event) => { event.preventDefault(); submit(event.target, event.submitter); });
  pane.addEventListener("input", (event) => { if (event.target.name === "text") { keep(event.target); prove(event.target); } });
  document.addEventListener("keydown", (event) => {
    const typed = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === "Escape") document.activeElement.blur();
    if (typed || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "ArrowDown") { event.preventDefault(); step(1); }
    else if (event.key === "k" || event.key === "ArrowUp") { event.preventDefault(); step(-1); }
    else {
      const at = pane.querySelector(`form[data-key="${CSS.escape(event.key)}"]`);
      if (!at) return;
      event.preventDefault();
      const field = at.querySelector("textarea, input:not([type=hidden])");
      if (field) field.focus(); else submit(at, at.querySelector("button"));
    }
  });
  mark();
  look();
  setInterval(look, 4000);
})();
