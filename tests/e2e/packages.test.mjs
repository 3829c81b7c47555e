// What a practitioner does with her packages and hours, on a phone and at a desk: rules of her own with a preview as she
// types, a hidden link, an introductory offer with a first time, hours that show what follows, time off that asks.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESK, PHONE, TUESDAY, follow, newVisitor, openBrowser, startDemo, visit } from './harness.mjs';

let browser;
before(async () => { browser = await openBrowser(); });
after(async () => { await browser?.close(); });

for (const [name, viewport] of [['on a phone', PHONE], ['at a desk', DESK]]) {
  describe(`packages and hours ${name}`, { concurrency: false }, () => {
    let demo;
    let page;
    before(async () => {
      demo = await startDemo({ patience: 120_000 });
      page = await newVisitor(browser, { base: demo.base, viewport, timezoneId: 'America/New_York' });
      await page.goto('/demo/in/practitioner');
    });
    after(async () => { await demo?.stop(); });

    test('the preview says rules of her own in words while she types', async () => {
      await visit(page, '/desk/packages');
      await follow(page, () => page.getByRole('link', { name: 'Edit First Steps' }).click());
      await page.getByText('Set rules of your own').click();
      await page.locator('input[value=own]').check();
      await page.getByLabel('Free until, hours before').fill('36');
      await page.locator('.preview', { hasText: 'up to 36 hours before' }).waitFor();
      await page.getByLabel('Most for one client').fill('1');
      await page.getByLabel('The first time is chosen at the checkout').selectOption('optional');
      await page.locator('.preview', { hasText: 'Once for each person' }).waitFor();
      await follow(page, () => page.getByRole('button', { name: 'Save package' }).click());
      await follow(page, () => page.getByRole('link', { name: 'Edit First Steps' }).click());
      assert.match(await page.locator('#versions + *, section:has(#versions), #versions').first().innerText(), /Version 2[^]*up to 36 hours before[^]*Version 1/);
    });

    test('a hidden package is found by its link, until it has another', async () => {
      await follow(page, () => page.getByRole('button', { name: 'Hide it' }).click());
      const link = new URL(await page.getByLabel('Its link').inputValue()).pathname;
      const visitor = await newVisitor(browser, { base: demo.base, viewport });
      await visit(visitor, link);
      await visit(visitor, '/ines/first-steps', { status: 404 });
      await follow(page, () => page.getByRole('button', { name: 'Make another link' }).click());
      await visit(visitor, link, { status: 404 });
      await visitor.context().close();
      await follow(page, () => page.getByRole('button', { name: 'Publish it' }).click());
    });

    test('an introductory offer is bought with a first time, and not a second time', async () => {
      const buyer = await newVisitor(browser, { base: demo.base, viewport, timezoneId: 'America/New_York' });
      await visit(buyer, '/ines/first-steps');
      await follow(buyer, () => buyer.locator('a[href$="/checkout"]').first().click());
      await buyer.getByLabel('Your name').fill('Wilma Falk');
      await buyer.getByLabel('Email').fill('wilma@falk.example');
      await buyer.getByLabel('When would you like to begin?').selectOption({ index: 2 });
      await buyer.locator('input[name=agree]').check();
      await follow(buyer, () => buyer.locator('main form button').first().click());
      await follow(buyer, () => buyer.getByRole('button', { name: /^Pay/ }).first().click());
      assert.match(await buyer.locator('main').innerText(), /Your first session is booked\./);
      await visit(buyer, '/ines/first-steps');
      assert.match(await buyer.locator('main').innerText(), /You have had this package\./);
      await buyer.context().close();
    });

    test('the free times follow the form as she types, and nothing is saved', async () => {
      await visit(page, '/desk/hours');
      await page.getByLabel('Minutes from one start to the next').fill('120');
      await page.locator('.preview', { hasText: 'As typed, not saved yet.' }).waitFor();
      await visit(page, '/desk/hours');
      assert.match(await page.locator('.preview').innerText(), /as saved\./);
    });

    test('time off shows the sessions in it, and cancels them when told to', async () => {
      await page.getByText('Take time off').first().click();
      const on = (days) => new Date(Date.parse(TUESDAY) + days * 864e5).toISOString().slice(0, 10);
      await page.getByLabel('First day', { exact: true }).fill(on(1));
      await page.getByLabel('Last day', { exact: true }).fill(on(12));
      await follow(page, () => page.getByRole('button', { name: 'Take time off' }).click());
      assert.match(await page.locator('main').innerText(), /booked in that time/);
      await page.locator('input[value=cancel]').check();
      await follow(page, () => page.getByRole('button', { name: 'Take the time off' }).click());
      assert.match(await page.locator('body').innerText(), /the sessions in it are canceled/);
    });
  });
}
