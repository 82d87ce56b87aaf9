// Passkeys: ask the browser for a new one, or to show one, and send its answer with the form. Bytes travel as base64url.
const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), sign => sign.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const keys = list => (list ?? []).map(key => ({ ...key, id: bytes(key.id) }));

async function ask(kind, options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (kind === 'create') {
    publicKey.user = { ...options.user, id: bytes(options.user.id) };
    publicKey.excludeCredentials = keys(options.excludeCredentials);
  } else publicKey.allowCredentials = keys(options.allowCredentials);
  const { id, rawId, type, response } = await navigator.credentials[kind]({ publicKey });
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  if (kind === 'create') {
    answer.attestationObject = text(response.attestationObject);
    answer.transports = response.getTransports?.() ?? [];
  } else {
    answer.authenticatorData = text(response.authenticatorData);
    answer.signature = text(response.signature);
    if (response.userHandle) answer.userHandle = text(response.userHandle);
  }
  return JSON.stringify({ id, rawId: text(rawId), type, response: answer });
}

if (window.PublicKeyCredential) {
  for (const words of document.querySelectorAll('[data-passkey-missing]')) words.hidden = true;
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false;
    form.addEventListener('submit', async event => {
      event.preventDefault();
      const status = form.querySelector('[role=status]');
      status.textContent = '';
      try {
        form.elements.answer.value = await ask(form.dataset.passkey, JSON.parse(form.dataset.options));
      } catch {
        status.textContent = status.dataset.failed;
        return;
      }
      form.submit();
    });
  }
}
