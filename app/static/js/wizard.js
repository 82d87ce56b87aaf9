// Keeps what is written on a step of the wizard: saves it when typing pauses, every few seconds while it does not, and when
// the page is left or hidden; until it is saved holds a copy in this tab, which outlives a reload and a sign-in that has
// lapsed. Without script, the step's buttons do the work.
// (`step`, for `form` is the other script's.)
const step = document.querySelector('form[data-autosave]');
if (step) {
  const form = step;
  const PAUSE = 1500, LONGEST = 5000;
  const redrawn = 'redrawn' in form.dataset;  // by a button that saves nothing: what was sent stands in the boxes only
  const status = form.querySelector('[data-autosave-status]');
  const key = `written:${location.pathname.replace(/^\/fa\//, '/')}`;
  const words = () => [...new FormData(form)].filter(([name]) => name !== 'csrf_token' && name !== 'seen');
  const written = () => JSON.stringify(words());
  const clock = new Intl.DateTimeFormat(document.documentElement.lang === 'fa' ? 'fa' : 'en-GB', { hour: '2-digit', minute: '2-digit' });
  const say = text => { status.textContent = text; };
  const hold = () => sessionStorage.setItem(key, JSON.stringify({ seen: form.elements.seen.value, words: words() }));
  let saved = redrawn ? '' : written();
  let timer, since = 0, busy = false, leaving = false;

  // What was typed here before and never reached us comes back, unless something else was saved since.
  const put = (name, values) => {
    const boxes = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter(box => box.tagName !== 'BUTTON');
    boxes.forEach((box, n) => {
      if (box.type === 'radio' || box.type === 'checkbox') box.checked = values.includes(box.value);
      else if (n < values.length) box.value = values[n];
    });
  };
  const held = JSON.parse(sessionStorage.getItem(key) ?? 'null');
  if (!redrawn && held && held.seen === form.elements.seen.value && JSON.stringify(held.words) !== saved && !form.querySelector('.error')) {
    const byName = new Map();
    for (const [name, value] of held.words) byName.set(name, [...byName.get(name) ?? [], value]);
    for (const [name, values] of byName) put(name, values);
    if (written() !== saved) say(form.dataset.restored);
  } else sessionStorage.removeItem(key);

  const save = async () => {
    const sent = written();
    if (busy || leaving || sent === saved) return;
    busy = true;
    since = 0;
    clearTimeout(timer);
    let next = 20 * PAUSE;
    const keepalive = document.hidden && new Blob([sent]).size < 60000;  // browsers refuse to send more once the page is gone
    try {
      const answer = await fetch(location.pathname, { method: 'POST', body: new FormData(form), headers: { 'X-Autosave': '1' }, redirect: 'manual', keepalive });
      const told = answer.headers.get('content-type')?.startsWith('application/json') ? await answer.json() : null;
      if (leaving) return;
      const first = told && Object.values(told.errors)[0];
      if (answer.ok && told) {
        form.elements.seen.value = told.seen;
        const time = form.dataset.saved.replace('{time}', clock.format(new Date()));
        saved = sent;
        next = document.hidden ? 0 : PAUSE;
        if (first || written() !== sent) hold();
        else sessionStorage.removeItem(key);
        say(first ? `${time} ${first}` : time);
      } else say(first ?? (answer.type === 'opaqueredirect' || answer.status === 401 || answer.status === 404 || answer.status === 400 ? form.dataset.lapsed : form.dataset.unsaved));
    } catch {
      say(form.dataset.unsaved);
    } finally {
      busy = false;
    }
    if (written() !== saved) timer = setTimeout(save, next);
  };
  const changed = () => {
    hold();
    since ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.min(PAUSE, since + LONGEST - Date.now()));
  };
  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  form.addEventListener('submit', () => {
    leaving = true;
    clearTimeout(timer);
  });
  window.addEventListener('pageshow', () => { leaving = false; });
  document.addEventListener('visibilitychange', () => { if (document.hidden) save(); });
  if (redrawn) hold();
  if (written() !== saved) timer = setTimeout(save, PAUSE);
}
// Whoever signs out leaves nothing of it behind in the tab.
for (const out of document.querySelectorAll('form[action$="/sign-out"]')) out.addEventListener('submit', () => sessionStorage.clear());
