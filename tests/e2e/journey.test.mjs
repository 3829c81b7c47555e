// The life of a package in the demo, as a new client and her practitioner live it, on a phone: bought, booked, moved, cancelled,
// nudged, renewed. The same steps with scripts and without; every page on the way is inspected (see harness.mjs).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESK, PHONE, follow, inspect, newVisitor, openBrowser, startDemo, visit } from './harness.mjs';

const PACKAGE = '/ines/six-sessions';

let browser;
before(async () => { browser = await openBrowser(); });
after(async () => { await browser?.close(); });

for (const javaScriptEnabled of [true, false]) {
  describe(`the life of a package on a phone, ${javaScriptEnabled ? 'with' : 'without'} scripts`, { concurrency: false }, () => {
    let demo;
    let page;
    const name = 'Wilma Falk';
    const email = 'wilma@falk.example';

    before(async () => {
      demo = await startDemo({ patience: 120_000 });
      page = await newVisitor(browser, { base: demo.base, viewport: PHONE, javaScriptEnabled, timezoneId: 'America/New_York' });
    });
    after(async () => { await demo?.stop(); });

    test('the package is found on the storefront', async () => {
      await visit(page, '/');
      await follow(page, () => page.getByRole('link', { name: 'Ines Varga' }).first().click());
      await follow(page, () => page.locator(`a[href="${PACKAGE}"]`).first().click());
      assert.match(await words(page), /6 sessions|Six sessions/i);
      assert.match(await words(page), /\$540/);
    });

    test('the checkout keeps what was typed and says what is missing', async () => {
      await follow(page, () => page.locator(`a[href^="${PACKAGE}/checkout"]`).first().click());
      await page.getByLabel('Your name').fill(name);
      await page.getByLabel('Email').fill('wilma at falk');
      await unchecked(page);
      await follow(page, () => page.locator('main form button').first().click(), { status: 422 });
      assert.equal(await page.getByLabel('Your name').inputValue(), name);
      assert.equal(await page.getByLabel('Email').inputValue(), 'wilma at falk');
      assert.ok(await page.locator('[aria-invalid=true]').count() > 0);
    });

    test('a declined card takes nothing, and paying lands on six credits with real times', async () => {
      await page.getByLabel('Email').fill(email);
      await page.locator('input[name=agree]').check();
      await payOnline(page);
      await follow(page, () => till(page, 'decline'));
      assert.match(await words(page), /declined/);
      await follow(page, () => till(page, 'pay'));
      assert.match(await words(page), /Six sessions are yours, Wilma/);
      assert.match(await words(page), /Book them by/);
      assert.ok(await page.locator('button[name=slot]').count() >= 3);
    });

    test('the first session is booked right there: six to five', async () => {
      // The first times are tomorrow's, at nine: not a day away, so too late to move. The fourth is the day after's.
      await book(page, 3);
      assert.match(await words(page), /You’re booked|booked/i);
      await visit(page, '/me');
      assert.match(await counter(page), /5/);
    });

    test('it is moved, and the credit moves along', async () => {
      await follow(page, () => page.getByRole('link', { name: 'Move or cancel' }).first().click());
      await follow(page, () => page.getByRole('link', { name: 'Choose a new time' }).click());
      await nextWeek(page);
      await follow(page, () => page.locator('button[name=slot]').last().click());
      await follow(page, () => page.locator('main form button').first().click());
      await visit(page, '/me');
      assert.match(await counter(page), /5/);
    });

    test('a second one is cancelled in time, and its credit comes back', async () => {
      await visit(page, '/me');
      await follow(page, () => page.getByRole('link', { name: /^Book session/ }).first().click());
      await nextWeek(page);
      await book(page, 0);
      await visit(page, '/me');
      assert.match(await counter(page), /4/);
      await follow(page, () => page.getByRole('link', { name: 'Move or cancel' }).first().click());
      assert.match(await words(page), /comes back/);
      await follow(page, () => page.getByRole('button', { name: 'Cancel and return my credit' }).click());
      await visit(page, '/me');
      assert.match(await counter(page), /5/);
    });

    test('a late cancel says that the credit is used before it is', async () => {
      await visit(page, '/me');
      await follow(page, () => page.getByRole('link', { name: /^Book session/ }).first().click());
      await book(page, 0);
      await visit(page, '/me');
      await follow(page, () => page.getByRole('link', { name: 'Move or cancel' }).first().click());
      assert.match(await words(page), /won’t come back/);
      await unguarded(page);
      await follow(page, () => page.getByRole('button', { name: 'Cancel without the credit' }).click(), { status: 422 });
      await page.locator('input[name=understood]').check();
      await follow(page, () => page.getByRole('button', { name: 'Cancel without the credit' }).click());
      await visit(page, '/me');
      assert.match(await counter(page), /4/);
    });

    test('who books nothing is reminded after a day, once', async () => {
      const other = await newVisitor(browser, { base: demo.base, viewport: PHONE, javaScriptEnabled });
      await order(other, 'Bruno Sand', 'bruno@sand.example');
      await payOnline(other);
      await follow(other, () => till(other, 'pay'));
      await leap(other, 'day');
      await leap(other, 'day');
      const found = await letters(other, 'Bruno Sand');
      assert.equal(found.filter((subject) => /ready when you are/.test(subject)).length, 1, found.join(' | '));
      await visit(other, '/demo/mail');
      await follow(other, () => other.getByRole('link', { name: /ready when you are/ }).first().click());
    });

    test('one signs in by the link in a mail: a GET consumes nothing, a POST does, once', async () => {
      const other = await newVisitor(browser, { base: demo.base, viewport: PHONE, javaScriptEnabled });
      const address = await askForLink(other, demo, email);
      await visit(other, address);
      await visit(other, address);
      await follow(other, () => other.locator('main form button').first().click());
      assert.match(other.url(), /\/me/);
      const third = await newVisitor(browser, { base: demo.base, viewport: PHONE, javaScriptEnabled });
      await third.goto(address);
      assert.match(await words(third), /used|no longer/i);
      // The address has shown whose it is: the browser that ordered in her name comes by a link as well, once. (Another link takes a while.)
      await leap(page, 'day');
      await visit(page, await askForLink(page, demo, email));
      await follow(page, () => page.locator('main form button').first().click());
      assert.match(page.url(), /\/me/);
    });

    test('a bank debit is on its way, and then it is here', async () => {
      const other = await newVisitor(browser, { base: demo.base, viewport: PHONE, javaScriptEnabled: false });
      await order(other, 'Dora Debit', 'dora@debit.example');
      await payOnline(other);
      await follow(other, () => till(other, 'debit'));
      const bought = other.url();
      assert.doesNotMatch(await words(other), /are yours/);
      for (let day = 0; day < 4; day += 1) await leap(other, 'day');
      await visit(other, bought);
      assert.match(await words(other), /are yours/);
    });

    test('a bank debit that bounces says so and grants nothing', async () => {
      const other = await newVisitor(browser, { base: demo.base, viewport: PHONE, javaScriptEnabled: false });
      await order(other, 'Fred Bounce', 'fred@bounce.example');
      await payOnline(other);
      await follow(other, () => till(other, 'failing-debit'));
      const bought = other.url();
      for (let day = 0; day < 4; day += 1) await leap(other, 'day');
      await visit(other, bought);
      assert.match(await words(other), /did not|didn’t/);
      assert.doesNotMatch(await words(other), /are yours/);
    });

    test('to pay at the practice is marked paid by the practitioner', async () => {
      const other = await newVisitor(browser, { base: demo.base, viewport: PHONE, javaScriptEnabled });
      await order(other, 'Paula Cash', 'paula@cash.example');
      await other.locator('input[name=pay][value=practice]').check();
      await follow(other, () => other.locator('main form button').first().click());
      const bought = other.url();
      assert.match(await words(other), /FH-/);
      const desk = await newVisitor(browser, { base: demo.base, viewport: DESK, javaScriptEnabled });
      await visit(desk, demo.practitioner);
      await follow(desk, () => desk.locator('li', { hasText: 'Paula Cash' }).locator('a[href*="/desk/purchases/"]').first().click());
      await follow(desk, () => desk.getByRole('button', { name: /Mark (it )?(as )?paid/i }).first().click());
      await visit(other, bought);
      assert.match(await words(other), /are yours/);
    });

    test('the last session leads to a renewal, and the cycle begins again', async () => {
      // Wilma books all that she has left, one a week or as it comes, and lives through them.
      for (let n = 0; n < 8; n += 1) {
        await visit(page, '/me');
        const more = page.getByRole('link', { name: /^Book session/ }).first();
        if (await more.count() === 0) break;
        await follow(page, () => more.click());
        await book(page, 0);
        await leap(page, 'week');
      }
      await leap(page, 'week');
      const found = await letters(page, name);
      assert.equal(found.some((subject) => /^Your session: /.test(subject)), true, found.join(' | '));
      const address = await linkIn(demo, /That was session six/, name, '/me/renew/');
      await visit(page, address);
      await page.locator('input[name=agree]').check();
      await payOnline(page);
      await follow(page, () => till(page, 'pay'));
      assert.match(await words(page), /are yours, Wilma/);
      await visit(page, '/me');
      assert.match(await counter(page), /6/);
    });

    test('receipts and the ledger are there, and signing out ends it', async () => {
      await visit(page, '/me');
      await follow(page, () => page.locator('a[href^="/me/receipts/"]').first().click());
      await visit(page, '/me/profile');
      await follow(page, () => page.getByRole('button', { name: 'Sign out' }).first().click());
      await page.goto('/me');
      assert.match(page.url(), /sign-in/);
    });
  });
}

// ---- steps -------------------------------------------------------------------------------------------------

async function words(page) {
  return page.locator('main').innerText();
}

/** What the counter says beside the frond. */
async function counter(page) {
  return page.locator('.counter .count').first().innerText();
}

/** Unticks the consent, should the browser have kept it. */
async function unchecked(page) {
  await page.locator('input[name=agree]').uncheck();
  await unguarded(page);
}

/** The browser's own check would stop a form before the server sees it; a script-less or old one would not. */
async function unguarded(page) {
  await page.locator('main form').evaluateAll((forms) => forms.forEach((form) => { form.noValidate = true; }));
}

async function order(page, name, email) {
  await visit(page, `${PACKAGE}/checkout`);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Email').fill(email);
  await page.locator('input[name=agree]').check();
}

/** Sends the checkout with payment online and arrives at the till. */
async function payOnline(page) {
  const online = page.locator('input[name=pay][value=online]');
  if (await online.count() > 0) await online.check();
  await follow(page, () => page.locator('main form button').first().click());
  if (!/\/demo\/till\//.test(page.url())) await page.waitForURL(/\/demo\/till\//);
}

async function till(page, deed) {
  await page.locator(`button[name=deed][value=${deed}]`).click();
}

/** Takes the nth time that is shown, and confirms. */
async function book(page, nth) {
  if (await page.locator('button[name=slot]').count() === 0) {
    await follow(page, () => page.locator('main p a[href*="day="]').first().click());
  }
  await follow(page, () => page.locator('button[name=slot]').nth(nth).click());
  await follow(page, () => page.locator('main form button').first().click());
}

async function nextWeek(page) {
  const next = page.locator('.weeknav a').last();
  if (await next.count() > 0) await follow(page, () => next.click());
}

/** Asks for a link, as somebody who is not signed in. */
async function askForLink(page, demo, email) {
  await visit(page, '/me');
  assert.match(page.url(), /sign-in/);
  await page.getByLabel('Email').first().fill(email);
  await follow(page, () => page.locator('main form button').first().click());
  return linkIn(demo, 'Your sign-in link');
}

async function leap(page, how) {
  // A week is lived through event by event, which takes its time on a busy machine.
  await page.locator(`button[name=leap][value=${how}]`).click({ timeout: 120_000 });
  await page.waitForLoadState('load', { timeout: 120_000 });
}

/** The subjects of the letters to somebody, as the mailbox lists them. */
async function letters(page, who) {
  await visit(page, '/demo/mail');
  const items = await page.locator('main li', { hasText: `To ${who}` }).locator('a').allInnerTexts();
  return items;
}

/** The first link in the newest letter with that subject, to somebody, that leads to such an address of ours. */
async function linkIn(demo, subject, who, wanted = '/sign-in/link/') {
  const reader = await newVisitor(browser, { base: demo.base, viewport: PHONE });
  await reader.goto('/demo/mail');
  let items = reader.locator('main li', { hasText: subject });
  if (who) items = items.filter({ hasText: `To ${who}` });
  await items.first().locator('a').first().click();
  const href = await reader.locator(`details pre a[href*="${wanted}"]`).first().getAttribute('href');
  await reader.context().close();
  assert.ok(href, `no link to ${wanted} in ${subject}`);
  return new URL(href).pathname;
}
