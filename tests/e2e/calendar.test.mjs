// The calendar as a practitioner uses it: pressing an open time, dragging a session, the same by form without scripts, and
// a series; nothing changes before the page that says what it does was confirmed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESK, PHONE, follow, newVisitor, openBrowser, startDemo, visit } from './harness.mjs';

let browser;
let demo;
before(async () => { [browser, demo] = await Promise.all([openBrowser(), startDemo({ patience: 120_000 })]); });
after(async () => { await browser?.close(); await demo?.stop(); });

/** A practitioner at her desk, on the calendar of the week after this one. */
async function atCalendar(options = {}) {
  const page = await newVisitor(browser, { base: demo.base, viewport: DESK, ...options });
  await page.goto('/demo/in/practitioner');
  await visit(page, '/desk/calendar');
  await follow(page, () => page.getByRole('link', { name: 'Week after' }).click());
  return page;
}

const main = (page) => page.locator('main').innerText();

describe('at a desk', () => {
  let page;
  before(async () => { page = await atCalendar(); });
  after(async () => { await page?.context().close(); });

  test('an open time that is pressed is booked for a client, after what it does was said', async () => {
    await follow(page, () => page.locator('.slot a').first().click());
    assert.match(await main(page), /Whom is it for/);
    await follow(page, () => page.locator('main li a').first().click());
    assert.notEqual(await page.getByLabel('Time', { exact: true }).inputValue(), '');
    await follow(page, () => page.getByRole('button', { name: 'See what it does' }).click());
    assert.match(await main(page), /This uses 1 credit/);
    await follow(page, () => page.getByRole('button', { name: /^Book session/ }).click());
    assert.match(await main(page), /The session is booked/);
  });

  test('a session that is dragged asks first; kept where it is, it stays, and confirmed, it moves', async () => {
    await visit(page, '/desk/calendar');
    await follow(page, () => page.getByRole('link', { name: 'Week after' }).click());
    const calendar = page.url();
    const session = page.locator('[data-move]').first();
    const address = await session.getAttribute('data-move');
    const drag = async (to) => {
      const from = await session.boundingBox();
      await page.mouse.move(from.x + 20, from.y + 8);
      await page.mouse.down();
      await page.mouse.move(to.x + 20, to.y + 4, { steps: 6 });
      await page.mouse.move(to.x + 20, to.y + 8, { steps: 2 });
    };
    const free = () => page.locator('.slot').last().boundingBox();
    // Let go where it was, and given up by Escape: nothing happens.
    await drag(await session.boundingBox());
    await page.mouse.up();
    await drag(await free());
    await page.keyboard.press('Escape');
    await page.mouse.up();
    assert.equal(page.url(), calendar);
    const wanted = await page.locator('.slot a').last().getAttribute('href');
    await drag(await free());
    await follow(page, () => page.mouse.up());
    assert.ok(new URL(page.url()).pathname === address, page.url());
    assert.match(await main(page), /Shall we move it\?[\s\S]*Instead of[\s\S]*The credit stays with the session/);
    assert.equal(await page.locator('input[name=slot]').inputValue(), new URL(wanted, demo.base).searchParams.get('slot'));
    assert.doesNotMatch(await main(page), /Book anyway/);
    await follow(page, () => page.getByRole('button', { name: 'Move the session' }).click());
    assert.match(await main(page), /The session is moved/);
  });

  test('a day has both practitioners, and a press on the other’s session opens her desk', async () => {
    await visit(page, '/desk/calendar?view=day');
    assert.ok((await page.locator('.cal-day').count()) >= 2);
    const other = page.locator('.cal-day .ev button').first();
    const name = await other.locator('b').innerText();
    await follow(page, () => other.click());
    assert.match(new URL(page.url()).pathname, /^\/desk\/bookings\//);
    assert.match(await main(page), new RegExp(`At the desk of[\\s\\S]*${name.split(' ')[0]}`));
  });
});

test('on a phone, without scripts, a series is booked with a date left out', async () => {
  const page = await atCalendar({ viewport: PHONE, colorScheme: 'dark', javaScriptEnabled: false });
  await follow(page, () => page.getByRole('link', { name: /^Book on/ }).nth(3).click());
  const on = new URL(page.url()).searchParams.get('day');
  await follow(page, () => page.getByRole('link', { name: 'Theo Marsh' }).click());
  assert.equal(await page.getByLabel('Day', { exact: true }).inputValue(), on);
  await follow(page, () => page.locator('.times .time').first().click());
  await follow(page, () => page.getByRole('link', { name: /^Same time every week/ }).click());
  assert.match(await main(page), /Nothing is booked yet/);
  await page.locator('.weekly input[type=checkbox]').last().uncheck();
  await follow(page, () => page.getByRole('button', { name: 'See what it does' }).click());
  assert.match(await main(page), /This uses \d+ credits?/);
  await follow(page, () => page.getByRole('button', { name: /^Book \d+ session/ }).click());
  assert.match(await main(page), /The sessions are booked/);
  await page.context().close();
});
