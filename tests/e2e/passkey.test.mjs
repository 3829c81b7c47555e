// A member adds a passkey with Chromium's own authenticator, signs in with it alone, proves by it who sits there, and takes it away.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { DESK, PHONE, arrive, follow, newVisitor, openBrowser, startDemo, visit } from './harness.mjs';

const BEGIN = new Date();

let browser;
before(async () => { browser = await openBrowser(); });
after(async () => { await browser?.close(); });

/** What an authenticator app shows (RFC 6238). */
function code(key, step) {
  const bits = [...key].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', secret).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 0xf) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

for (const [name, viewport, colorScheme] of [['on a phone, dark', PHONE, 'dark'], ['at a desk, light', DESK, 'light']]) {
  describe(`a passkey ${name}`, { concurrency: false }, () => {
    let demo;
    let page;
    let base;
    before(async () => {
      demo = await startDemo({ patience: 120_000, at: BEGIN.toISOString() });
      // A browser ties passkeys to names, and this machine's is localhost.
      base = demo.base.replace('127.0.0.1', 'localhost');
      page = await newVisitor(browser, { base, viewport, colorScheme });
      await page.goto('/demo/in/front-desk');
    });
    after(async () => { await demo?.stop(); });

    test('is added, signs in alone, proves who sits there, and is taken away', async () => {
      const cdp = await page.context().newCDPSession(page);
      await cdp.send('WebAuthn.enable');
      const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
        options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
      });
      await visit(page, '/desk/security');
      assert.equal(await page.getByRole('button', { name: 'Add a passkey' }).count(), 0, 'not before the second factor');
      await follow(page, () => page.getByRole('button', { name: 'Set up a second factor' }).click());
      const key = (await page.locator('.kit-key code span').allInnerTexts()).join('');
      const now = Math.floor(Date.now() / 30_000);
      for (const step of [now, now + 1, now - 1, now + 2]) {
        await page.getByLabel(/six digits that the app shows now/).fill(code(key, step));
        await arrive(page, () => page.getByRole('button', { name: 'Turn it on' }).click());
        if (await page.locator('#code-e').count() === 0) break;
      }
      await follow(page, () => page.getByRole('link', { name: 'I have kept them' }).click());
      await page.getByLabel('What you call it').fill('my phone');
      await follow(page, () => page.getByRole('button', { name: 'Add a passkey' }).click());
      assert.match(await page.locator('main').innerText(), /The passkey is added/);
      assert.equal((await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length, 1);

      await follow(page, () => page.getByRole('button', { name: 'Sign out' }).first().click());
      await visit(page, '/desk/sign-in');
      await follow(page, () => page.getByRole('button', { name: 'Sign in with a passkey' }).click());
      assert.match(new URL(page.url()).pathname, /^\/desk$/);

      await visit(page, '/desk/security');
      assert.match(await page.locator('main').innerText(), /my phone\s+Added .*last used/);
      // An hour later that is asked for, and the passkey answers; what was asked for goes on.
      await follow(page, () => page.getByRole('button', { name: '+1 hour' }).click());
      await visit(page, '/desk/security');
      await arrive(page, () => page.getByRole('button', { name: 'Take it away my phone' }).click());
      await page.getByRole('heading', { name: 'Is it you?' }).waitFor();
      await follow(page, () => page.getByRole('button', { name: 'Use a passkey' }).click());
      assert.match(await page.locator('main').innerText(), /The passkey is taken away/);
    });
  });
}
