// A member turns a second factor on, prints her recovery codes, and signs in with both steps: on a phone in the dark and at a desk.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { DESK, PHONE, arrive, follow, newVisitor, openBrowser, startDemo, visit } from './harness.mjs';

/** The password of everybody in the demo. */
const PASSWORD = 'ferns unfurl slowly';
/** When the demo's clock begins; it runs on with ours. */
const BEGIN = new Date();

let browser;
before(async () => { browser = await openBrowser(); });
after(async () => { await browser?.close(); });

/** What an authenticator app shows (RFC 6238), written again here so that the program is not checked against itself. */
function code(key, step) {
  const bits = [...key].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const number = hash.readUInt32BE(hash[19] & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

for (const [name, viewport, colorScheme] of [['on a phone, dark', PHONE, 'dark'], ['at a desk, light', DESK, 'light']]) {
  describe(`the second factor ${name}`, { concurrency: false }, () => {
    let demo;
    let page;
    before(async () => {
      demo = await startDemo({ patience: 120_000, at: BEGIN.toISOString() });
      page = await newVisitor(browser, { base: demo.base, viewport, colorScheme });
      await page.goto('/demo/in/front-desk');
    });
    after(async () => { await demo?.stop(); });

    /** Types codes until one fits: the demo's clock may be a step away from ours. */
    async function prove(key, press) {
      const now = Math.floor(Date.now() / 30_000);
      for (const step of [now, now + 1, now - 1, now + 2]) {
        await page.getByLabel(/six digits that the app shows now|^Code/).fill(code(key, step));
        await arrive(page, press);
        if (await page.locator('#code-e').count() === 0) return;
      }
      assert.fail('no code fits');
    }

    test('is turned on, asked for, and a recovery code stands in for it', async () => {
      await visit(page, '/desk/account');
      const email = (await page.locator('.desk-head').innerText()).match(/\S+@\S+\w/)[0];
      await follow(page, () => page.getByRole('link', { name: 'Second factor, and where you are signed in' }).click());
      await follow(page, () => page.getByRole('button', { name: 'Set up a second factor' }).click());
      assert.ok(await page.getByRole('img', { name: /authenticator app/ }).isVisible());
      const key = (await page.locator('.kit-key code span').allInnerTexts()).join('');
      assert.equal(key.length, 32);
      await prove(key, () => page.getByRole('button', { name: 'Turn it on' }).click());
      const codes = await page.locator('ul.kit-key li').evaluateAll((all) => all.map((one) => one.innerText));
      assert.equal(codes.length, 10);
      await follow(page, () => page.getByRole('link', { name: 'I have kept them' }).click());
      assert.match(await page.locator('main').innerText(), /10 recovery codes are left/);

      const other = await newVisitor(browser, { base: demo.base, viewport, colorScheme });
      await visit(other, '/desk/sign-in');
      const door = other.locator('form', { has: other.getByLabel('Password') });
      await door.getByLabel('Email').fill(email);
      await door.getByLabel('Password').fill(PASSWORD);
      await follow(other, () => door.getByRole('button', { name: 'Sign in' }).click());
      assert.match(other.url(), /\/desk\/sign-in\/second/);
      await other.getByLabel('Code').fill(codes[0]);
      await follow(other, () => other.getByRole('button', { name: 'Go on' }).click());
      assert.match(new URL(other.url()).pathname, /^\/desk$/);
      await visit(other, '/desk/security');
      const said = await other.locator('main').innerText();
      assert.match(said, /9 recovery codes are left/);
      assert.match(said, /Chrom\w+ on Linux/);
      await follow(other, () => other.getByRole('button', { name: 'Sign out everywhere else' }).click());
      await page.goto('/desk/security');
      assert.match(page.url(), /\/desk\/sign-in\?/);
      await other.context().close();
    });
  });
}
