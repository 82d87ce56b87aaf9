// Small comforts. Everything here also works as a plain link or form post, so each part only adds to what the page has.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Copy a link, and say so in the live region beside it.
for (const link of all('[data-copy]')) link.addEventListener('click', async event => {
  if (!navigator.clipboard) return;
  event.preventDefault();
  await navigator.clipboard.writeText(link.dataset.copy);
  link.closest('[data-copies]').querySelector('[role=status]').textContent = link.dataset.done;
});

// The device's own share sheet, where there is one.
if (navigator.share) for (const button of all('[data-share]')) {
  button.hidden = false;
  button.addEventListener('click', () => navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(() => {}));
}

// Running sums on the pledge form, in whole pence. The server adds them up again.
const form = document.querySelector('form[data-pledge]');
if (form) {
  const persian = document.documentElement.lang === 'fa';
  const locale = persian ? 'fa' : 'en-GB';
  const pounds = new Intl.NumberFormat(locale);
  const pence = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 });
  const show = n => {
    const sum = pounds.format(Math.trunc(n / 100)) + (persian ? '٫' : '.') + pence.format(n % 100);
    return persian ? `${sum}\u00a0پوند` : `£${sum}`;
  };
  // Pence of what was typed, in any of the three sets of digits; 0 for what the server would refuse.
  const read = text => {
    const plain = text.replace(/[۰-۹٠-٩]/g, d => d.charCodeAt(0) & 15).replace(/[£\s]|پوند/g, '').replace('٫', '.');
    const parts = /^(\d{1,3}(?:[,٬،]\d{3})+|\d{1,7})(?:\.(\d{1,2}))?$/.exec(plain);
    return parts ? parts[1].replace(/\D/g, '') * 100 + +(parts[2] ?? '').padEnd(2, '0') : 0;
  };
  const chosen = name => form.elements[`${name}_choice`]?.value;
  const other = name => read(form.elements[`${name}_other`]?.value ?? '');
  const share = (amount, percent) => Math.floor((amount * percent + 50) / 100);
  const rate = (amount, per10000) => Math.floor((amount * per10000 + 5000) / 10000);
  const sum = () => {
    const amount = chosen('amount') === 'other' ? other('amount') : chosen('amount') * 100 || 0;
    const tip = chosen('tip') === 'other' ? other('tip') : share(amount, chosen('tip') || 0);
    const sums = { amount, tip, total: amount + tip };
    // Fees, as the server estimates them: rates in hundredths of a per cent, the fixed part in pence.
    const { card = 0, fixed = 0, platform = 0 } = form.dataset;
    sums.card = amount && rate(sums.total, card) + +fixed;
    sums.platform = rate(amount, platform);
    sums.case = amount - sums.card - sums.platform;
    for (const out of all('[data-sum]')) out.textContent = show(sums[out.dataset.sum]);
    for (const out of all('[data-tip]', form)) out.textContent = show(share(amount, out.dataset.tip));
  };
  for (const name of ['amount', 'tip']) form.elements[`${name}_other`]?.addEventListener('input', () => {
    form.elements[`${name}_choice`].value = 'other';
  });
  form.addEventListener('input', sum);
  window.addEventListener('pageshow', sum);
}

// Markdown buttons: wrap the selection, or start its lines.
const marks = { bold: ['**', '**'], italic: ['_', '_'], link: ['[', '](https://)'], heading: ['\n## ', ''], list: ['\n- ', ''], quote: ['\n> ', ''] };
for (const editor of all('.editor')) {
  const box = editor.querySelector('textarea');
  for (const button of all('[data-mark]', editor)) {
    button.hidden = false;
    button.addEventListener('click', () => {
      const [before, after] = marks[button.dataset.mark];
      const { selectionStart: start, selectionEnd: end, value } = box;
      box.setRangeText(before + value.slice(start, end) + after, start, end, 'end');
      if (start === end) box.selectionEnd -= after.length;
      box.focus();
    });
  }
}

document.querySelector('.error-summary')?.focus();
