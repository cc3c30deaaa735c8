/* Forms that save themselves while someone writes. Only the pages that have one load this, after app.js. */
'use strict';
(({ $, $$, root, say, clockTime, blank, flushes, page, alive }) => {
  /* ---- 1. Autosave: 1.2 s after the last key, and when the page is hidden ---- */
  const values = (form, name) => new FormData(form).getAll(name).map(String);
  const list = (value) => (Array.isArray(value) ? value : value === null || value === '' ? [] : [value]).map((x) => String(x).replace(/\r\n/g, '\n'));
  const same = (a, b) => [...a].sort().join('\n') === [...b].sort().join('\n');
  /* As the server keeps words: without the space around and between them. */
  const even = (x) => x.map((each) => each.replace(/\s+/g, ' ').trim()).filter(Boolean);
  const alike = (a, b) => same(even(a), even(b));
  const controls = (form, name) => [...form.elements].filter((x) => x.name === name);
  const tickable = (x) => x.type === 'radio' || x.type === 'checkbox';
  const put = (form, name, wanted) => controls(form, name).forEach((x) => {
    if (tickable(x)) x.checked = wanted.includes(x.value); else x.value = wanted[0] ?? '';
  });
  const label = (x) => [...($('span', x.closest('label') || root)?.childNodes || [])].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.data).join('').trim();
  /* An answer as a person reads it: the words beside ticked boxes, or the text itself. */
  const words = (form, name, picked) => {
    const [first] = controls(form, name);
    if (!first || !tickable(first)) return picked.join('\n');
    return controls(form, name).filter((x) => picked.includes(x.value)).map((x) => label(x) || x.value).join('\n');
  };
  const question = (form, name) => {
    const [first] = controls(form, name);
    const text = first && ($('legend', first.closest('fieldset') || document.createElement('i')) || first.labels?.[0]);
    return text?.textContent.trim() || '';
  };

  /* Filled in together: the one form that hears what the other side saved, see 2. */
  let hear = () => 0;
  const together = () => $('#together')?.dataset.state === 'together';

  function autosave(form) {
    const state = $('.save', form) || $('.save'), out = $('span', state), text = state.dataset;
    let timer, since = 0, dirty = false, unsent = false, sending = null, deciding = false, tries = 0, spoken = 0, tokenOld = false;
    const tell = (sentence, kind) => {
      if (out.textContent !== sentence) out.textContent = sentence;
      state.dataset.state = kind;
    };
    const later = (ms) => { clearTimeout(timer); timer = setTimeout(save, ms); };
    /* 1.2 s after the last key, and never later than 2.4 s after the first one that is not saved. */
    const soon = () => later(Math.max(0, Math.min(1200, since + 2400 - Date.now())));
    const again = (sentence) => {
      dirty = unsent = true;
      since = Date.now();
      if (!tries) say(sentence);
      tell(sentence, 'wait');
      tries += 1;
      later(Math.min(60000, 4000 * 2 ** Math.min(tries, 4)));
    };
    /* What this page sent lately. An answer that got lost on the way back is not "another device". */
    const sent = [];
    const body = () => {
      const data = new FormData(form);
      /* Where she stands in a field that the other changed, and has not gone on writing, theirs stays. */
      held.forEach((wanted, name) => { data.delete(name); wanted.forEach((x) => data.append(name, x)); });
      sent.push(Object.fromEntries([...data.keys()].map((name) => [name, data.getAll(name).map(String)])));
      if (sent.length > 6) sent.shift();
      return data;
    };
    const ours = (name, wanted) => sent.some((earlier) => alike(earlier[name] || [], wanted));
    const revision = (answer) => {
      const next = answer.headers.get('X-Revision');
      if (next) $('input[name=revision]', form).value = next;
    };
    /* Whether she has seen and given up what is stored: it is kept among the earlier versions then. */
    const chosen = (value) => { const field = $('input[name=chosen]', form); if (field) field.value = value; };
    const saved = (answer, body) => {
      revision(answer);
      chosen('');
      Object.keys(known).forEach((name) => { known[name] = body[name] || []; });
      tries = 0;
      unsent = false;
      tell(text.saved.replace('{time}', clockTime(new Date())), 'ok');
      if (Date.now() - spoken > 60000) { say(text.spoken); spoken = Date.now(); }
      alive();
    };
    /* After signing in again elsewhere the page's token is no longer good: take a new one from the page's own address. */
    const renew = async () => {
      const { answer, fresh } = await page(location.href);
      const next = $('input[name=csrf_token]', fresh)?.value, of = 'input[name=sheet]';
      if (answer.redirected || !next || $(of, form)?.value !== $(of, fresh)?.value) throw new Error('signed out, or somebody else signed in');
      $$('input[name=csrf_token]').forEach((x) => { x.value = next; });
      $$('[data-csrf]').forEach((x) => { x.dataset.csrf = next; });
      tokenOld = false;
    };
    async function save() {
      if (!dirty || deciding || sending) return;
      dirty = false;
      if (!tries) tell(text.saving, 'busy');
      sending = post();
      await sending;
      sending = null;
      if (dirty && !tries && !deciding) soon();
    }
    async function post() {
      try {
        if (tokenOld) await renew();
        const data = body(), said = sent.at(-1);
        await heard(await fetch(form.dataset.autosave, {
          method: 'POST', body: data, credentials: 'same-origin', redirect: 'manual', signal: AbortSignal.timeout?.(20000),
        }), said);
      } catch { again(tokenOld ? text.signedOut : text.waiting); }
    }
    async function heard(answer, said) {
      if (answer.ok) { saved(answer, said); return; }
      if (answer.status === 409) {
        const told = await answer.json();
        if (!kind) { compare(told, answer); return; }
        /* What only one side changed is settled. What both did is asked, or stands beside the field when two people write. */
        const asked = together() ? [] : Object.keys(told.theirs).filter((name) => bothChanged(name, list(told.theirs[name])));
        bring(Object.fromEntries(Object.entries(told.theirs).filter(([name]) => !asked.includes(name))));
        dirty = true;
        if (asked.length) compare({ ...told, theirs: Object.fromEntries(asked.map((name) => [name, told.theirs[name]])) }, answer);
        else revision(answer);
        return;
      }
      if (answer.status === 401 || answer.type === 'opaqueredirect') { tokenOld = true; again(text.signedOut); return; }
      if (answer.status === 400) tokenOld = true;
      if (answer.status === 413 || answer.status === 422) {
        revision(answer);
        const reason = await answer.json().then((x) => x.message, () => '');
        tell(reason || text.refused, 'stop');
        say(reason || text.refused);
        return;
      }
      again(text.waiting);
    }
    /* Both texts side by side; the person chooses for each answer, then saving goes on. */
    function compare({ message, theirs }, answer) {
      const differing = Object.keys(theirs || {}).filter((name) => controls(form, name).length
        && !same(list(theirs[name]), values(form, name).filter(Boolean)) && !ours(name, list(theirs[name])));
      const go = () => { revision(answer); deciding = false; dirty = true; save(); };
      if (!differing.length) { setTimeout(go); return; }
      deciding = true;
      const box = $('template[data-conflict-box]', form).content.cloneNode(true).firstElementChild;
      $('[data-message]', box).textContent = message || '';
      $('[data-message]', box).hidden = !message;
      box.setAttribute('aria-label', $('h2', box).textContent);
      differing.forEach((name) => $('[data-rows]', box).append(rowFor(name, list(theirs[name]), () => {
        if ($('[data-rows]', box).children.length) $('button', box).focus();
        else { box.remove(); controls(form, name)[0].focus(); go(); }
      })));
      tell(text.conflict, 'stop');
      (state.closest('p,div') || state).after(box);
      box.focus();
      box.scrollIntoView({ block: 'center' });
    }
    function rowFor(name, wanted, decided) {
      const row = $('template[data-conflict-row]', form).content.cloneNode(true).firstElementChild;
      const empty = $('template[data-conflict-empty]', form).content.textContent, label = question(form, name);
      $('[data-label]', row).textContent = label;
      $('[data-mine]', row).textContent = words(form, name, values(form, name)) || empty;
      $('[data-theirs]', row).textContent = words(form, name, wanted) || empty;
      $$('button', row).forEach((button) => {
        button.setAttribute('aria-label', `${button.textContent.trim()}: ${label}`);
        button.addEventListener('click', () => {
          if ('take' in button.dataset) put(form, name, wanted);
          else chosen('y');
          row.remove();
          decided();
        });
      });
      return row;
    }
    const send = () => {
      if (!dirty && !sending && !deciding) return;
      const data = body();
      Object.keys(known).filter((name) => !alike(values(form, name), known[name])).forEach((name) => data.append('last', name));
      if (!navigator.sendBeacon(form.dataset.autosave, data)) fetch(form.dataset.autosave, { method: 'POST', body: data, keepalive: true }).catch(() => {});
      dirty = false;
      /* The page may stay after all: what was clicked was a file to save, or she said so when asked. */
      clearTimeout(timer);
      timer = setTimeout(() => { dirty = true; save(); }, 3000);
    };
    /* Words the server could not take yet would be gone: the browser asks first. Leaving quickly is never asked. */
    const warn = (e) => { if ((unsent || deciding) && !root.classList.contains('exiting')) e.preventDefault(); };
    const write = (name) => {
      held.delete(name);
      written.add(name);
      if (!dirty) since = Date.now();
      dirty = true;
      tries = 0;
      soon();
    };
    const change = (e) => { if (!e.target.closest('[data-no-save]')) write(e.target.name); };

    /* What the other side saved comes in quietly, but never over words she is writing or has not saved: then it stands
       beside the field. Words of hers that went stand there too. `known`: what the server had, as heard last. */
    const known = Object.fromEntries([...form.elements].filter((x) => x.name.startsWith('f-')).map((x) => [x.name, values(form, x.name)]));
    const held = new Map(), written = new Set(), notes = {}, kind = $('template[data-beside]', form)?.dataset;
    const bothChanged = (name, wanted) => known[name] && !alike(wanted, known[name]) && !alike(values(form, name), known[name])
      && !alike(wanted, values(form, name)) && !ours(name, wanted);
    function bring(theirs) {
      let quiet = false, more = false;
      Object.entries(theirs).forEach(([name, raw]) => {
        const wanted = list(raw), now = values(form, name), before = known[name];
        if (!before) { more ||= wanted.length > 0; return; }
        known[name] = wanted;
        if (alike(wanted, now)) { held.delete(name); notes[name]?.remove(); return; }
        if (alike(wanted, before)) return;
        const [first] = controls(form, name), own = !alike(now, before) && !held.has(name);
        if (own && ours(name, wanted)) return;
        if (own || held.has(name) || (first === document.activeElement && !tickable(first))) {
          if (!own) held.set(name, wanted);
          chosen('y');  /* going on here replaces their words: those become an earlier version */
          note(name, wanted, true);
          return;
        }
        put(form, name, wanted);
        quiet = true;
        if (written.has(name) && even(now).length && !stays(theirs, name, now, first)) note(name, now, false);
      });
      if (more) $$('[data-more]').forEach((x) => { x.hidden = false; });
      if (quiet && together() && Date.now() - spoken > 60000) { say(kind.changed); spoken = Date.now(); }
    }
    /* Whether words are still on the sheet: the other went on writing behind them, or a row moved up. */
    const stays = (theirs, name, now, first) => !tickable(first) && Object.entries(theirs).some(([other, x]) => (
      other === name ? even(list(x)).join(' ').includes(even(now).join(' ')) : alike(list(x), now)));
    function note(name, wanted, isTheirs) {
      notes[name]?.remove();
      const box = notes[name] = $('template[data-beside]', form).content.cloneNode(true).firstElementChild;
      const [first] = controls(form, name), button = $('button', box);
      $('[data-who]', box).textContent = isTheirs ? (together() ? kind.theirs : kind.elsewhere) : kind.mine;
      $('[data-said]', box).textContent = words(form, name, wanted) || $('template[data-conflict-empty]', form).content.textContent;
      button.textContent = isTheirs ? kind.take : kind.back;
      button.setAttribute('aria-label', `${button.textContent}: ${question(form, name)}`);
      button.addEventListener('click', () => {
        const before = values(form, name);
        put(form, name, wanted);
        write(name);
        note(name, before, !isTheirs);
        first.focus();
      });
      (first.closest('fieldset,td,.field,.q') || first.parentElement).append(box);
    }
    const base = $('input[name=revision]', form);
    if (kind) {
      hear = (told) => {
        if (!told || sending || deciding || told.revision <= Number(base.value)) return base.value;
        bring(told.values);
        base.value = told.revision;
        return base.value;
      };
    }
    form.addEventListener('input', change);
    /* A save on its way brings a new revision: sending the form before it is back would be a quarrel with ourselves.
       Without a way to the server the page stays, with its words. */
    form.addEventListener('submit', (e) => {
      if (kind && (unsent || !navigator.onLine)) { e.preventDefault(); dirty = true; later(0); return; }
      clearTimeout(timer);
      dirty = false;
      if (!sending) return;
      e.preventDefault();
      sending.then(() => form.requestSubmit(e.submitter));
    });
    document.addEventListener('visibilitychange', () => { if (document.hidden) save(); else if (dirty) later(200); });
    addEventListener('online', () => { if (dirty) later(200); });
    /* Before the next page is asked for, so that it already holds these words. */
    addEventListener('beforeunload', (e) => { warn(e); send(); });
    addEventListener('pagehide', send);
    flushes.push(send);
  }
  $$('form[data-autosave]').filter((form) => form.dataset.autosave && $('.save')).forEach(autosave);

  /* ---- 2. Filled in together: asks now and then how it stands and what the other saved. It is nobody's activity ---- */
  const ask = async (box) => {
    const { from, state, every, after } = box.dataset;
    let pause = Number(every);
    if (!document.hidden) {
      try {
        const answer = await fetch(from.endsWith('/') ? from + hear() : from, { credentials: 'same-origin', redirect: 'manual' });
        if (answer.status === 404 && after) { blank(); location.replace(after); return; }
        if (!answer.ok) throw new Error(String(answer.status));
        const told = await answer.json();
        if (told.state !== state) {
          if (after) { location.reload(); return; }
          const { fresh } = await page(location.href), part = fresh.getElementById('together'), ended = $('[data-ended]', part);
          if (ended) part.hidden = false;
          $$('#together,[data-live]').forEach((x) => x.replaceWith(fresh.getElementById(x.id)));
          say((ended || $('h2', part))?.textContent);
          pause = Number(part.dataset.every);
        }
        if (told.values) hear(told);
      } catch { pause = Math.max(pause, 10000); }
    }
    setTimeout(() => ask($('#together')), pause);
  };
  if ($('#together')) setTimeout(() => ask($('#together')), Number($('#together').dataset.every));
})(window.kit);
