// The browser tests' ground: a Chromium, a demo of Fiddlehead, and a visit that fails on whatever a person would
// trip over: console errors, failed or foreign requests, policy violations, sideways scroll, and what axe finds.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 900 };
/** The narrowest page that must still hold together. */
export const NARROW = { width: 320, height: 640 };

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const DEMO_LABELS = ['storefront', 'client', 'practitioner', 'mailbox'];

// ---- the browser -------------------------------------------------------------------------------------------

/** The Chromium to use: `CHROMIUM`, or the one that Debian or the machine's owner has put in place. */
export function chromiumPath() {
  const onPath = (name) => (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, name));
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const candidates = process.env.CHROMIUM ? [process.env.CHROMIUM] : names.flatMap(onPath);
  const found = candidates.find((candidate) => existsSync(candidate));
  assert.ok(found, `No Chromium found (${candidates.join(', ')}). Install one, or set CHROMIUM to its path.`);
  return found;
}

export function openBrowser() {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--no-first-run',
    ],
  });
}

/**
 * A page of a new visitor, with cookies of its own; all that goes wrong on it is kept until `inspect` asks.
 * @param {import('playwright-core').Browser} browser
 * @param {{base: string, viewport?: {width: number, height: number}, colorScheme?: 'light' | 'dark',
 *   javaScriptEnabled?: boolean, timezoneId?: string}} options `base` is the only origin the page may speak to
 */
export async function newVisitor(browser, { base, viewport = PHONE, colorScheme = 'light', ...more }) {
  const context = await browser.newContext({
    baseURL: base, viewport, colorScheme, locale: 'en-GB', reducedMotion: 'reduce', ...more,
  });
  // A busy machine is slow, not broken: nothing here is a test of speed.
  context.setDefaultTimeout(120_000);
  context.setDefaultNavigationTimeout(120_000);
  const page = await context.newPage();
  // A CSP violation reaches the console of its own accord, with scripts or without.
  watch(page, new URL(base).origin);
  return page;
}

const watched = new WeakMap();

function watch(page, origin) {
  const seen = { problems: [], status: undefined };
  watched.set(page, seen);
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    // The page's own status is judged by `inspect`, which knows what was expected.
    if (message.location().url === page.url() && /^Failed to load resource/.test(message.text())) return;
    seen.problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => seen.problems.push(`script error: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== origin) {
      seen.problems.push(`a request to a foreign origin: ${request.url()}`);
    }
  });
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'unknown';
    // A page that is left while it loads, and a download, end this way; nothing is wrong with them.
    if (reason !== 'net::ERR_ABORTED') seen.problems.push(`request failed: ${request.url()} (${reason})`);
  });
  page.on('response', (response) => {
    const request = response.request();
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) seen.status = response.status();
    else if (response.status() >= 400) seen.problems.push(`${response.status()} for ${response.url()}`);
  });
}

// ---- visits ------------------------------------------------------------------------------------------------

/** Goes to `address` and inspects what is there. `status` is what the page itself must answer. */
export async function visit(page, address, { status = 200 } = {}) {
  await page.goto(address, { waitUntil: 'load' });
  await inspect(page, { status });
}

/** Does what leads to another page (a click, a form sent), and waits for that page. */
export async function arrive(page, action) {
  // The old page answers until the new one is there: wait for the navigation itself.
  const arrived = page.waitForEvent('framenavigated', { predicate: (frame) => frame === page.mainFrame() });
  await Promise.all([arrived, action()]);
  await page.waitForLoadState('load');
}

/** The same, and inspects it. `status` is what the page itself must answer. */
export async function follow(page, action, { status = 200 } = {}) {
  await arrive(page, action);
  await inspect(page, { status });
}

/** Fails, with everything found, if the page that is open now is not sound. */
export async function inspect(page, { status = 200 } = {}) {
  const seen = watched.get(page);
  assert.ok(seen, 'this page was not made by newVisitor');
  const problems = seen.problems.splice(0);
  if (seen.status !== status) problems.push(`answered ${seen.status} where ${status} was expected`);
  problems.push(...(await sidewaysScroll(page)), ...(await axe(page)));
  problems.push(...seen.problems.splice(0));
  if (problems.length > 0) {
    assert.fail(`${page.url()} (${page.viewportSize().width} px)\n  ${problems.join('\n  ')}`);
  }
}

async function sidewaysScroll(page) {
  const { content, view, widest } = await page.evaluate(() => {
    const view = document.documentElement.clientWidth;
    const over = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > view + 0.5);
    const name = (e) => `<${e.tagName.toLowerCase()} class="${e.getAttribute('class') ?? ''}">`;
    return { content: document.documentElement.scrollWidth, view, widest: over.slice(0, 3).map(name) };
  });
  return content > view ? [`scrolls sideways: ${content} px in ${view} px: ${widest.join(', ')}`] : [];
}

async function axe(page) {
  const twin = (await runsScripts(page)) ? undefined : await twinWithScripts(page);
  try {
    const subject = twin ?? page;
    // By evaluate, not by a script tag: the page's policy forbids the latter, as it should.
    await subject.evaluate(axeSource);
    const { violations, passes } = await subject.evaluate(
      (tags) => globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags } }),
      STANDARDS,
    );
    if (passes.length === 0) return ['axe: looked at nothing'];
    return violations.map(({ id, help, nodes }) => {
      const where = nodes.slice(0, 3).map((node) => `\n      ${node.target.join(' ')}: ${node.any[0]?.message ?? node.html}`);
      return `axe ${id}: ${help}${where.join('')}`;
    });
  } finally {
    await twin?.context().close();
  }
}

async function runsScripts(page) {
  // `scripting` is the browser's own word for whether this page's scripts run.
  return page.evaluate(() => matchMedia('(scripting: enabled)').matches);
}

/** axe needs scripts: the very markup of a page without them, at its address, in a context that has them. */
async function twinWithScripts(page) {
  const dark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  const context = await page.context().browser().newContext({
    viewport: page.viewportSize(), colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce',
    storageState: await page.context().storageState(),
  });
  const twin = await context.newPage();
  const markup = await page.content();
  await twin.route('**/*', (route) => {
    // Only the page itself is answered from here (it may be the answer to a form); its styles come from the server.
    // Its scripts stay out, so that axe sees what the visitor sees.
    const type = route.request().resourceType();
    if (type === 'document') return route.fulfill({ contentType: 'text/html; charset=utf-8', body: markup });
    return type === 'script' ? route.fulfill({ contentType: 'text/javascript', body: '' }) : route.continue();
  });
  await twin.goto(page.url(), { waitUntil: 'load' });
  return twin;
}

/** Keeps a picture of the whole page in `tests/e2e/out/`. */
export async function picture(page, name) {
  const folder = path.join(here, 'out');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${name}.png`);
  await page.screenshot({ path: file, fullPage: true });
  return file;
}

// ---- the demo ----------------------------------------------------------------------------------------------

/** A Tuesday at ten in the morning in New York: what is free, and what is late, does not hang on the hour of the test. */
export const TUESDAY = '2026-04-21T14:00:00Z';

/**
 * Starts the demo on a free port with a data folder of its own, its clock at `at`.
 * @param {{command?: string[], patience?: number, at?: string}} options `patience` in milliseconds
 * @returns the addresses it prints, by their labels in small letters (`storefront`, `client`, `practitioner`,
 *   `mailbox`, …), `base` (the origin), and `stop()`
 */
export async function startDemo({ command, patience = 30_000, at = TUESDAY } = {}) {
  const binary = process.env.FIDDLEHEAD_BIN ?? path.join(root, 'target/debug/fiddlehead');
  const data = await mkdtemp(path.join(tmpdir(), 'fiddlehead-e2e-'));
  const [program, ...before] = command ?? [binary];
  const child = spawn(program, [...before, 'demo', '--listen', '127.0.0.1:0', '--data', data, '--at', at], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`));
    child.once('error', (error) => resolve(`did not start: ${error.message}`));
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const stubborn = setTimeout(() => child.kill('SIGKILL'), 5_000);
    const end = await gone;
    clearTimeout(stubborn);
    await rm(data, { recursive: true, force: true });
    return end;
  };
  try {
    const addresses = await printedAddresses(child, gone, patience);
    return { ...addresses, base: new URL(addresses.storefront).origin, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Reads lines like `  Practitioner   http://…` until all the labels of the demo were there. */
async function printedAddresses(child, gone, patience) {
  const addresses = {};
  let said = '';
  let waiting;
  const complete = new Promise((resolve) => {
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        const [, label, address] = /^\s*(\S.*?)\s{2,}(http:\/\/\S+)\s*$/.exec(line) ?? [];
        if (label) addresses[label.toLowerCase()] = address;
      }
      if (DEMO_LABELS.every((label) => addresses[label])) resolve('complete');
    });
    child.stderr.setEncoding('utf8').on('data', (text) => { said += text; });
  });
  const late = new Promise((resolve) => { waiting = setTimeout(resolve, patience, `was silent for ${patience} ms`); });
  const outcome = await Promise.race([complete, gone, late]);
  clearTimeout(waiting);
  const missing = DEMO_LABELS.filter((label) => !addresses[label]);
  assert.equal(outcome, 'complete', `The demo ${outcome}; not printed: ${missing.join(', ')}. It said:\n${said}`);
  return addresses;
}
