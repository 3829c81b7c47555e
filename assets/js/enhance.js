// Comfort only: every page works without this file. It runs under script-src 'self' and trusted-types 'none',
// so nothing here turns text into markup (XMLHttpRequest hands over a parsed, inert document).
(() => {
  const $ = (s, r = document) => r.querySelector(s);
  // Preselect the visitor's time zone if the server could not know it.
  const tz = $('select[name=tz][data-guess]');
  if (tz) { const z = Intl.DateTimeFormat().resolvedOptions().timeZone, o = [...tz.options].find(o => o.value === z); if (o) o.selected = true; }
  // Copy a field.
  for (const b of document.querySelectorAll('[data-copy]')) b.addEventListener('click', async () => {
    const f = document.getElementById(b.dataset.copy); f.select();
    try { await navigator.clipboard.writeText(f.value); b.lastChild.textContent = 'Copied'; } catch {}
  });
  // Live preview: ask the server for the same page its preview button would render, and take the preview from it.
  const form = $('form[data-preview]'), view = $('.preview');
  if (form && view) { let t, x; document.addEventListener('input', e => { if (e.target.form !== form) return; clearTimeout(t); t = setTimeout(() => {
    const body = new URLSearchParams(); for (const [k, v] of new FormData(form)) if (typeof v === 'string') body.append(k, v);
    body.set('preview', '1');
    x?.abort(); x = new XMLHttpRequest(); x.responseType = 'document'; x.open('POST', form.action);
    x.onload = () => { const next = x.status < 400 && x.response && $('.preview', x.response); if (next) view.replaceChildren(...next.childNodes); };
    x.send(body);
  }, 400); }); }
  // Search as you type: ask for the page that the form's own button would, and take the list from it.
  const live = $('form[data-live]'), list = live && document.getElementById(live.dataset.live);
  if (list) { let t, x; live.addEventListener('input', () => { clearTimeout(t); t = setTimeout(() => {
    const to = live.action + '?' + new URLSearchParams(new FormData(live));
    x?.abort(); x = new XMLHttpRequest(); x.responseType = 'document'; x.open('GET', to);
    x.onload = () => { const next = x.status < 400 && x.response && x.response.getElementById(list.id); if (!next) return;
      list.replaceChildren(...next.childNodes); history.replaceState(null, '', to);
      const said = live.dataset.said; document.getElementById(said).textContent = x.response.getElementById(said).textContent; };
    x.send();
  }, 200); }); }
  // Waiting for payment: look again without a full reload.
  const wait = $('[data-wait]');
  // A quarter of an hour of looking; then a page says how it goes on.
  let left = 300;
  const looking = wait && setInterval(async () => {
    if (!left--) return clearInterval(looking), location.assign(wait.dataset.end || location.href);
    const r = await fetch(wait.dataset.wait).catch(() => 0); if (r && r.redirected) location.assign(r.url);
  }, 3000);
})();
