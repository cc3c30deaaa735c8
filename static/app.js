/* Makes pages smoother; every page works without it. No storage on the device, no third party.
   Words it shows stand in the page, in data attributes and templates, so that they are translated there. */
(() => {
  'use strict';
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const root = document.documentElement;

  /* The one polite live region. Cleared first, so that the same words are spoken twice when needed. */
  const say = (text) => {
    const live = $('#live');
    if (!live || !text) return;
    live.textContent = '';
    setTimeout(() => { live.textContent = text; }, 60);
  };
  const clockTime = (date) => date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const blank = () => root.classList.add('exiting');
  const token = () => $('[data-csrf]')?.dataset.csrf || $('input[name=csrf_token]')?.value || '';

  /* Buttons that do nothing without script are served hidden. */
  const wake = (box = document) => $$('[data-js]', box).forEach((x) => { x.hidden = false; });
  wake();

  /* Autosaving forms put a function here that sends unsaved words at once, without waiting for an answer. */
  const flushes = [];
  const flush = () => flushes.forEach((send) => send());

  /* ---- 1. Quick exit ----
     Blank first, save, sign out, replace this entry in the tab's history. Nothing here waits for our server. */
  const leaving = $('.exit[data-exit]') || $('[data-exit]');
  const leave = (event) => {
    event?.preventDefault();
    blank();
    document.title = '\u00a0';
    try {
      flush();
      const form = new FormData();
      form.append('csrf_token', token());
      navigator.sendBeacon('/leave', form);
    } catch { /* going away matters more than anything that can fail here */ }
    location.replace(leaving.dataset.to || leaving.href);
  };
  if (leaving) {
    $$('[data-exit]').forEach((link) => link.addEventListener('click', leave));
    if (leaving.dataset.shift !== 'off') countShift();
  }

  /* Shift three times within five seconds. Shift held for a capital letter or a shortcut does not count. */
  function countShift() {
    const span = 5000, dots = $('.exit-dots', leaving);
    let presses = [], used = false, timer;
    const show = () => {
      dots?.classList.toggle('on', presses.length > 0);
      [...(dots?.children || [])].forEach((dot, i) => dot.classList.toggle('on', i < presses.length));
    };
    const reset = () => { presses = []; clearTimeout(timer); show(); };
    const press = () => {
      const now = performance.now();
      presses = [...presses.filter((at) => now - at < span), now];
      if (presses.length >= 3) { leave(); return; }
      show();
      say(leaving.dataset[`say-${3 - presses.length}`]);
      clearTimeout(timer);
      timer = setTimeout(reset, span - (now - presses[0]));
    };
    addEventListener('keydown', (e) => { if (e.key !== 'Shift') { used = e.shiftKey; reset(); } }, true);
    addEventListener('pointerdown', (e) => { if (e.shiftKey) { used = true; reset(); } }, true);
    addEventListener('keyup', (e) => {
      if (e.key !== 'Shift') return;
      if (used) { used = false; reset(); } else press();
    }, true);
  }

  /* Back and forward never show a kept picture of a page: it is blank, then asked for again. */
  addEventListener('pagehide', blank);
  addEventListener('pageshow', (e) => {
    if (e.persisted) { blank(); location.reload(); } else root.classList.remove('exiting');
  });

  /* ---- 2. Error summary: takes focus; its links land on the field with the label in view ---- */
  const summary = $('.err-sum');
  if (summary) {
    summary.focus();
    summary.addEventListener('click', (e) => {
      const field = document.getElementById(e.target.closest('a')?.hash.slice(1));
      if (!field) return;
      e.preventDefault();
      field.closest('details')?.setAttribute('open', '');
      (field.closest('.field,.choices,.q') || field).scrollIntoView({ block: 'start' });
      field.focus({ preventScroll: true });
    });
  }

  /* ---- 3. Slot picker: days and months are links, times are radios; this adds arrow keys and words ---- */
  const picker = () => {
    const calendar = $('.cal'), said = $('#chosen');
    if (calendar) calendarKeys(calendar);
    if (said) {
      $$('input[name=slot]').forEach((radio) => radio.addEventListener('change', () => { said.textContent = radio.dataset.say; }));
    }
  };
  function calendarKeys(calendar) {
    const days = $$('a', calendar);
    const only = (day) => days.forEach((d) => { d.tabIndex = d === day ? 0 : -1; });
    if (days.length) only($('[aria-current]', calendar) || days[0]);
    $('#cal-keys')?.removeAttribute('hidden');
    calendar.addEventListener('keydown', (e) => {
      const at = days.indexOf(document.activeElement);
      if (at < 0 || e.ctrlKey || e.metaKey || e.altKey) return;
      const near = (step) => {
        const want = Number(days[at].dataset.d) + step;
        return step > 0 ? days.find((d) => Number(d.dataset.d) >= want) : days.findLast((d) => Number(d.dataset.d) <= want);
      };
      if (e.key === 'PageDown' || e.key === 'PageUp') {
        e.preventDefault();
        $(`.cal-nav [rel=${e.key === 'PageDown' ? 'next' : 'prev'}]`)?.click();
        return;
      }
      const to = { ArrowRight: days[at + 1], ArrowLeft: days[at - 1], ArrowDown: near(7), ArrowUp: near(-7), Home: days[0], End: days.at(-1) }[e.key];
      if (to) { e.preventDefault(); only(to); to.focus(); }
    });
  }
  picker();

  /* Time zone: offer the device's own; never switch silently. */
  const zone = $('#tz'), offer = $('#tz-offer');
  const device = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && offer && device && zone.value !== device && [...zone.options].some((o) => o.value === device)) {
    offer.hidden = false;
    $('button', offer).addEventListener('click', () => { zone.value = device; zone.form.requestSubmit($('#tz-go')); });
  }

  /* ---- 4. Fragments: a[data-frag="id"] swaps that element from the linked page. Any trouble: plain navigation ---- */
  const page = async (address) => {
    const answer = await fetch(address, { credentials: 'same-origin' });
    if (!answer.ok) throw new Error(String(answer.status));
    return { answer, fresh: new DOMParser().parseFromString(await answer.text(), 'text/html') };
  };
  const plain = (e) => !e.button && !e.ctrlKey && !e.metaKey && !e.shiftKey && !e.altKey;
  const here = () => location.pathname + location.search;
  let shown = here();
  document.addEventListener('click', async (e) => {
    const link = e.target.closest('a[data-frag]'), box = link && document.getElementById(link.dataset.frag);
    if (!box || !plain(e)) return;
    e.preventDefault();
    box.setAttribute('aria-busy', 'true');
    try {
      const { fresh } = await page(link.href), part = fresh.getElementById(link.dataset.frag);
      if (!part) throw new Error('no such part');
      box.replaceWith(part);
      document.title = fresh.title;
      history.pushState(null, '', link.href);
      shown = here();
      wake(part);
      picker();
      document.getElementById(link.dataset.focus)?.focus();
    } catch { location.href = link.href; }
  });
  /* Moving to an anchor also raises popstate; only another address needs a new page. */
  addEventListener('popstate', () => { if (here() !== shown) location.reload(); });

  /* A page that waits (for the payment service) asks for itself again until the waiting part is gone. */
  const wait = (box) => setTimeout(async () => {
    try {
      const { answer, fresh } = await page(location.href);
      const next = fresh.getElementById(box.id);
      if (answer.redirected) { location.replace(answer.url); return; }
      if (!next?.dataset.refreshSeconds) { location.reload(); return; }
      if (next.textContent !== box.textContent) { box.replaceWith(next); wait(next); return; }
    } catch { /* the network may come back; ask again */ }
    wait(box);
  }, Number(box.dataset.refreshSeconds) * 1000);
  $$('[data-refresh-seconds][id]').forEach(wait);

  /* ---- 5. Signed-in pages: ask before the time without activity is over, then cover the page ---- */
  let lastSeen = Date.now(), lastPing = Date.now();
  const seen = 'BroadcastChannel' in window ? new BroadcastChannel('seen') : null;
  seen?.addEventListener('message', () => { lastSeen = Date.now(); lastPing = lastSeen; closeQuestion(); });
  /* The server has just heard from us: its clock starts anew, and other tabs may know. */
  function alive() {
    lastSeen = Date.now();
    lastPing = lastSeen;
    seen?.postMessage(1);
  }
  const still = $('#still-here');
  function closeQuestion() { if (still?.open) still.close('heard'); }
  const idle = Number(document.body.dataset.idleSeconds) * 1000;
  const ping = () => {
    const data = new FormData();
    data.append('csrf_token', token());
    return fetch('/still-here', { method: 'POST', body: data, credentials: 'same-origin', redirect: 'manual' })
      .then((answer) => { if (answer.ok) alive(); else if (answer.status === 401) cover(); })
      .catch(() => {});
  };
  const cover = () => {
    blank();
    flush();
    location.replace(document.body.dataset.coverUrl);
  };
  const look = () => {
    const left = lastSeen + idle - Date.now();
    if (left <= 0) cover();
    else if (left <= Math.min(120000, idle / 2) && still?.showModal && !still.open) {
      $('[data-clock]', still).textContent = clockTime(new Date(lastSeen + idle));
      still.showModal();
    }
  };
  const active = () => {
    if (still?.open) return;
    lastSeen = Date.now();
    if (lastSeen - lastPing > 60000) { lastPing = lastSeen; ping(); }
  };
  if (idle) {
    ['keydown', 'pointerdown', 'wheel', 'touchmove', 'scroll'].forEach((kind) => addEventListener(kind, active, { passive: true, capture: true }));
    setInterval(look, Math.min(10000, idle / 10));
    document.addEventListener('visibilitychange', hide);
    still?.addEventListener('submit', (e) => { e.preventDefault(); still.close('yes'); ping(); });
    still?.addEventListener('cancel', ping);
  }
  /* Out of sight: a phone's app switcher shows pictures of pages, so cover at once there; on a desk after a minute. */
  let hiding;
  function hide() {
    clearTimeout(hiding);
    if (!document.hidden) { root.classList.remove('covered'); look(); return; }
    hiding = setTimeout(() => root.classList.add('covered'), matchMedia('(pointer: coarse)').matches ? 0 : 60000);
  }

  /* ---- 6. Small things: confirmations in a dialog, dialogs, show a passphrase, breathing, print, menus ---- */
  /* Lifts the confirmation page's own form into a dialog; the page itself stays the way without script. */
  const confirmHere = async (link) => {
    try {
      const part = (await page(link.href)).fresh.getElementById('confirm');
      if (!part) throw new Error('no confirmation');
      const dialog = document.createElement('dialog');
      dialog.setAttribute('aria-labelledby', 'confirm-h');
      part.classList.remove('card', 'measure-s');
      dialog.append(part);
      document.body.append(dialog);
      wake(dialog);
      dialog.addEventListener('close', () => { dialog.remove(); link.focus(); });
      dialog.showModal();
    } catch { location.href = link.href; }
  };
  const press = {
    confirm: (b, e) => { if (plain(e)) { e.preventDefault(); confirmHere(b); } },
    dialog: (b, e) => { const d = document.getElementById(b.dataset.dialog); if (d?.showModal) { e.preventDefault(); d.showModal(); } },
    close: (b, e) => { const d = b.closest('dialog'); if (d) { e.preventDefault(); d.close(); } },
    print: () => print(),
    show: (b) => toggle(b, (on) => { document.getElementById(b.dataset.show).type = on ? 'text' : 'password'; }),
    breath: (b) => toggle(b, (on) => $('.breath', b.closest('section,.card') || document).classList.toggle('go', on)),
  };
  function toggle(button, act) {
    const on = button.getAttribute('aria-pressed') !== 'true';
    act(on);
    button.setAttribute('aria-pressed', String(on));
    button.textContent = on ? button.dataset.on : button.dataset.off;
  }
  document.addEventListener('click', (e) => {
    $$('details.menu[open]').forEach((menu) => { if (!menu.contains(e.target)) menu.open = false; });
    const found = e.target.closest(Object.keys(press).map((name) => `[data-${name}]`).join());
    const name = found && Object.keys(press).find((key) => key in found.dataset);
    if (name) press[name](found, e);
  });
  addEventListener('keydown', (e) => {
    if (e.key === 'Escape') $$('details.menu[open]').forEach((menu) => { menu.open = false; $('summary', menu).focus(); });
  });
  /* A passphrase that was shown is a passphrase again when it is sent, so that no browser keeps it as plain text. */
  addEventListener('submit', () => $$('[data-show][aria-pressed=true]').forEach((b) => b.click()), true);

  /* What writing.js needs, on the pages that have it. */
  window.kit = { $, $$, root, say, clockTime, blank, flushes, page, alive };
})();
