// Passkeys: the one thing that cannot be done without a script. Where the browser has them and the page is under the name that
// they are tied to, its buttons show themselves; password and codes are always there.
(() => {
  const text = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const bytes = text => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0));
  const ours = name => location.hostname === name || location.hostname.endsWith('.' + name);
  if (!window.PublicKeyCredential) return;
  for (const part of document.querySelectorAll('[data-passkey]')) {
    if (!ours(part.dataset.name)) continue;
    const button = part.querySelector('button'), said = part.querySelector('[role=status]');
    part.hidden = false;
    button.addEventListener('click', async event => {
      event.preventDefault();
      said.textContent = '';
      try {
        const asked = await fetch(part.dataset.passkey, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
        if (asked.status === 403 && part.dataset.proof) return location.assign(part.dataset.proof);
        if (!asked.ok) throw 0;
        const { challenge, user, exclude } = await asked.json();
        const pick = part.dataset.does === 'add' ? await navigator.credentials.create({ publicKey: {
          challenge: bytes(challenge), rp: { id: part.dataset.name, name: part.dataset.practice },
          user: { id: bytes(user.id), name: user.name, displayName: user.display },
          pubKeyCredParams: [-7, -8, -257].map(alg => ({ type: 'public-key', alg })),
          excludeCredentials: exclude.map(id => ({ type: 'public-key', id: bytes(id) })),
          authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' }, attestation: 'none',
        } }) : await navigator.credentials.get({ publicKey: { challenge: bytes(challenge), rpId: part.dataset.name, userVerification: 'required' } });
        const r = pick.response, add = part.dataset.does === 'add';
        const parts = add ? [pick.rawId, r.clientDataJSON, r.getAuthenticatorData(), r.getPublicKey(), new ArrayBuffer()]
          : [pick.rawId, r.clientDataJSON, r.authenticatorData, r.signature, r.userHandle ?? new ArrayBuffer()];
        const form = button.form, field = form.elements.namedItem(part.dataset.field);
        field.value = (part.dataset.before ?? '') + parts.map(text).join('.');
        form.noValidate = true;
        form.submit();
      } catch { said.textContent = part.dataset.failed; }
    });
  }
})();
