/* The desk's keyboard, the proof while typing, and who else is at it. Everything also works without this script, by forms. */
(() => {
  "use strict";
  const work = document.querySelector(".work");
  if (!work) return;
  const { lead, form } = work.dataset;
  const pane = work.querySelector(".pane");
  const state = document.querySelector(".state");
  let now = 0;
  let typing = 0;

  const rows = () => [...work.querySelectorAll("tr[data-n]")];
  const send = (url, data) => fetch(url, { method: "POST", headers: { "X-Form": form }, body: new URLSearchParams(data) });
  const say = (words) => { state.textContent = words; };

  function mark() {
    now = Number(pane.querySelector("h2[data-n]")?.dataset.n ?? 0);
    for (const row of rows()) row.classList.toggle("now", Number(row.dataset.n) === now);
  }

  async function open(row) {
    if (!row) return;
    const answer = await fetch(`${lead}/${row.dataset.n}`);
    if (!answer.ok) return say("…");
    pane.innerHTML = await answer.text();
    mark();
    row.scrollIntoView({ block: "nearest" });
  }

  const step = (by) => { const all = rows(); open(all[all.findIndex((row) => Number(row.dataset.n) === now) + by]); };

  async function submit(at) {
    const answer = await send(at.action, new FormData(at));
    if (!answer.ok) return say((await answer.json().catch(() => ({}))).detail ?? String(answer.status));
    pane.innerHTML = await answer.text();
    mark();
    say("");
    look();
    if (at.dataset.key === "a") step(1);
  }

  async function prove(area) {
    const mine = ++typing;
    await new Promise((done) => setTimeout(done, 350));
    if (mine !== typing) return;
    const at = area.closest("form");
    const answer = await send(at.action.replace(/edit$/, "prove"), { form, text: area.value });
    if (mine === typing && answer.ok) at.querySelector(".proof").innerHTML = await answer.text();
  }

  async function look() {
    const answer = await fetch(`${lead}/state`).catch(() => null);
    if (!answer?.ok) return;
    const told = await answer.json();
    state.dataset.running = Number(told.running);
    if (told.told || told.running) say(told.told);
    for (const row of rows()) {
      const [version, html] = told.rows[row.dataset.n] ?? [];
      if (!html || String(version) === row.dataset.version) continue;
      row.outerHTML = html;
      const open_ = pane.querySelector("h2[data-n]");
      const untouched = !pane.contains(document.activeElement) || document.activeElement.tagName !== "TEXTAREA";
      if (open_?.dataset.n === row.dataset.n && open_.dataset.version !== String(version) && untouched) open(document.getElementById(`q${row.dataset.n}`));
    }
    mark();
  }

  work.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-n]");
    if (row && !event.ctrlKey && !event.metaKey) { event.preventDefault(); open(row); }
  });
  pane.addEventListener("submit", (event) => { event.preventDefault(); submit(event.target); });
  pane.addEventListener("input", (event) => { if (event.target.name === "text") prove(event.target); });
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
      if (field) field.focus(); else submit(at);
    }
  });
  mark();
  look();
  setInterval(look, 4000);
})();
