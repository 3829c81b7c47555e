// Every page that a visitor, a client and a practitioner can come to by links: sound on a phone in the dark and on a desk by day.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESK, NARROW, PHONE, newVisitor, openBrowser, startDemo, visit } from './harness.mjs';

let browser;
let demo;
before(async () => { [browser, demo] = await Promise.all([openBrowser(), startDemo({ patience: 120_000 })]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const SCREENS = [
  { name: 'on a phone, dark', viewport: PHONE, colorScheme: 'dark' },
  { name: 'at a desk, light', viewport: DESK, colorScheme: 'light' },
];
// Of pages that differ only in whom or what they are about, `alike` are looked at: one at the desk, which has so many kinds.
// The front desk has the owner's pages with less on them, which one screen shows.
const ROLES = [
  { role: 'a visitor', door: '/', rooms: /^\/(?!me|desk|demo|setup|assets|sign-out)/, alike: 2, screens: SCREENS },
  { role: 'a client', door: '/demo/in/client', rooms: /^\/me/, alike: 2, screens: SCREENS },
  { role: 'the owner', door: '/demo/in/practitioner', rooms: /^\/desk/, alike: 1, screens: SCREENS },
  { role: 'the front desk', door: '/demo/in/front-desk', rooms: /^\/desk/, alike: 1, screens: SCREENS.slice(0, 1) },
];
// Addresses of files, to keep rather than to look at.
const FILES = /\.(ics|jpg|svg|csv|json|pdf|crt)$|\/file$/;

for (const { role, door, rooms, alike, screens } of ROLES) {
  describe(`every page for ${role}`, () => {
    for (const { name, ...screen } of screens) {
      test(name, async () => {
        const page = await newVisitor(browser, { base: demo.base, ...screen });
        await page.goto(door);
        const seen = await crawl(page, rooms, alike);
        assert.ok(seen.length >= 4, `only ${seen.join(', ')}`);
        await page.context().close();
      });
    }
  });
}

test('the pages that matter most hold together on the narrowest screen', async () => {
  const page = await newVisitor(browser, { base: demo.base, viewport: NARROW });
  for (const address of ['/', '/ines', '/ines/six-sessions', '/ines/six-sessions/checkout', '/sign-in']) await visit(page, address);
  await page.goto('/demo/in/client');
  await visit(page, '/me');
  await visit(page, await page.locator('a[href^="/me/book/"]').first().getAttribute('href'));
});

test('what is not there says so, kindly', async () => {
  const page = await newVisitor(browser, { base: demo.base, viewport: PHONE });
  await visit(page, '/nobody/nothing', { status: 404 });
});

/** Goes wherever links of these rooms lead, a few pages of each kind, and inspects each. */
async function crawl(page, rooms, alike) {
  const kinds = new Map();
  const queue = [new URL(page.url()).pathname];
  const seen = new Set(queue);
  const visited = [];
  while (queue.length > 0) {
    const address = queue.shift();
    const kind = kindOf(address);
    if ((kinds.get(kind) ?? 0) >= alike) continue;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    await visit(page, address);
    visited.push(address);
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    for (const href of links) {
      const url = new URL(href, page.url());
      const next = url.pathname + url.search;
      const ours = url.origin === new URL(page.url()).origin && rooms.test(url.pathname);
      if (ours && !FILES.test(url.pathname) && !seen.has(next)) { seen.add(next); queue.push(next); }
    }
  }
  return visited;
}

/** The address without whom or what it is about; what is asked of a page makes another kind, lists aside. */
function kindOf(address) {
  const { pathname, searchParams } = new URL(address, 'http://here');
  const kind = pathname.replace(/[0-9a-hjkmnp-tv-z]{26}/g, '*').replace(/\/\d+$/, '/*').replace(/\/words\/[^/]+$/, '/words/*');
  const asked = [...searchParams.keys()].filter((key) => ['view', 'slot', 'day'].includes(key));
  return [kind, ...asked].join(' ');
}
