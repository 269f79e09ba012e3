// Kept in this browser and nowhere else: conversations, [{id, at, turns: [{html, record}]}], and open questions, [text],
// both the latest first.
"use strict";

const keeping = (() => {
  const PLACE = "linping.conversations";
  const CURRENT = "linping.current"; // of this tab: a reload goes on with it, a new tab begins anew
  const ASKED = "linping.asked"; // of this tab: the question that is being answered, or was being written
  const WITHIN = "linping.within"; // of this tab: the limit of a conversation, which is kept itself from its first turn on
  const MOST = 40;
  const OPEN = "linping.open";
  const MOST_OPEN = 200;

  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(PLACE));
      return Array.isArray(kept) ? kept.filter((one) => one && one.id && Array.isArray(one.turns)) : [];
    } catch {
      return [];
    }
  };

  // The oldest go first when the browser gives no more room; false when not even this one fits.
  const write = (kept) => {
    for (let most = Math.min(kept.length, MOST); ; most = Math.floor(most / 2)) {
      try {
        localStorage.setItem(PLACE, JSON.stringify(kept.slice(0, most)));
        return most > 0 || kept.length === 0;
      } catch {
        if (most === 0) return false;
      }
    }
  };

  const fresh = () => ({ id: `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`, at: Date.now(), turns: [] });

  const open = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(OPEN));
      return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
    } catch {
      return [];
    }
  };

  const ofTab = (name) => {
    try {
      return sessionStorage.getItem(name);
    } catch {
      return null;
    }
  };

  const setOfTab = (name, value) => {
    try {
      sessionStorage.setItem(name, value);
    } catch {
      // a reload will begin anew
    }
  };

  const within = () => {
    try {
      const limit = JSON.parse(ofTab(WITHIN));
      return Array.isArray(limit?.articles) ? limit : null;
    } catch {
      return null;
    }
  };

  return {
    fresh,
    open,
    setOpen: (question, on) => {
      const rest = open().filter((one) => one !== question);
      try {
        localStorage.setItem(OPEN, JSON.stringify((on ? [question, ...rest] : rest).slice(0, MOST_OPEN)));
        return true;
      } catch {
        return false;
      }
    },
    all: read,
    find: (id) => read().find((one) => one.id === id) || null,
    keep: (conversation) => write([conversation, ...read().filter((one) => one.id !== conversation.id)]),
    forget: (id) => write(read().filter((one) => one.id !== id)),
    forgetAll: () => write([]),
    forgotten: (event) => event.key === PLACE && event.newValue === "[]", // in another tab
    current: () => ofTab(CURRENT),
    goOn: (id) => setOfTab(CURRENT, id),
    asked: () => ofTab(ASKED) || "",
    setAsked: (question) => setOfTab(ASKED, question),
    within,
    setWithin: (limit) => setOfTab(WITHIN, JSON.stringify(limit)),
  };
})();
