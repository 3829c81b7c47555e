// Guards the harness itself: a sound page passes, and each kind of fault is caught, on a small server of its own.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { statSync } from 'node:fs';
import { DESK, NARROW, PHONE, follow, inspect, newVisitor, openBrowser, picture, startDemo, visit } from './harness.mjs';

// What Fiddlehead's own pages carry.
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
  + "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
  + "require-trusted-types-for 'script'; trusted-types 'none'";
const STYLE = 'body { background: #fff; color: #222; } @media (prefers-color-scheme: dark) '
  + '{ body { background: #111; color: #eee; } a { color: #9cf; } .night { color: #222; } } '
  + '.pale { color: #ddd; } .wide { inline-size: 500px; }';

const page = (body, head = '') => '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>'
  + `<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css">${head}</head>`
  + `<body><main><h1>A page</h1>${body}</main></body></html>`;

const pages = {
  '/good': page('<p>All is well.</p><a href="/also-good">On</a>'),
  '/also-good': page('<form method="post" action="/good"><button>Send</button></form>'),
  '/pale': page('<p class="pale">Hardly to be read</p>'),
  '/night': page('<p class="night">Hardly to be read at night</p>'),
  '/unnamed': page('<form action="/good"><input name="a"></form>'),
  '/grumbles': page('', '<script src="/grumble.js"></script>'),
  '/throws': page('', '<script src="/throw.js"></script>'),
  '/inline': page('<p style="color: #333">Styled by hand</p>'),
  '/wide': page('<p class="wide">Wide</p>'),
  '/hole': page('<img src="/missing.png" alt="">'),
};
const files = {
  '/style.css': ['text/css', STYLE],
  '/grumble.js': ['text/javascript', 'console.error("grumble")'],
  '/favicon.ico': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  '/throw.js': ['text/javascript', 'throw new Error("thrown")'],
};

let browser;
let server;
let base;

before(async () => {
  server = createServer((request, response) => {
    const name = request.url.split('?')[0];
    const cookie = request.headers.cookie ?? '';
    if (files[name]) return response.writeHead(200, { 'content-type': files[name][0] }).end(files[name][1]);
    const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY };
    if (name === '/foreign') {
      const foreign = base.replace('127.0.0.1', '127.0.0.2');
      delete headers['content-security-policy'];
      return response.writeHead(200, headers).end(page(`<img src="${foreign}/style.css" alt="">`));
    }
    if (name === '/mine') return response.writeHead(cookie ? 200 : 403, headers).end(page('<p class="pale">Mine</p>'));
    const body = pages[name];
    return response.writeHead(body ? 200 : 404, headers).end(body ?? page('<p>There is nothing here.</p>'));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${server.address().port}`;
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** What a visit to `address` finds, or '' when it passes. */
async function findings(address, { status, ...options } = {}) {
  const visitor = await newVisitor(browser, { base, ...options });
  try {
    await visit(visitor, address, { status });
    return '';
  } catch (error) {
    assert.equal(error.code, 'ERR_ASSERTION', error.stack);
    return error.message;
  } finally {
    await visitor.context().close();
  }
}

const settings = [
  { viewport: PHONE }, { viewport: DESK }, { viewport: NARROW }, { colorScheme: 'dark' },
  { javaScriptEnabled: false }, { javaScriptEnabled: false, colorScheme: 'dark' },
];
for (const options of settings) {
  test(`a sound page passes: ${JSON.stringify(options)}`, async () => {
    assert.equal(await findings('/good', options), '');
  });
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with scripts' : 'without scripts';

  test(`text too pale is caught ${how}`, async () => {
    assert.match(await findings('/pale', { javaScriptEnabled }), /axe color-contrast/);
  });

  test(`text too pale at night is caught at night only, ${how}`, async () => {
    assert.match(await findings('/night', { javaScriptEnabled, colorScheme: 'dark' }), /axe color-contrast/);
    assert.equal(await findings('/night', { javaScriptEnabled, colorScheme: 'light' }), '');
  });

  test(`a field without a name is caught ${how}`, async () => {
    assert.match(await findings('/unnamed', { javaScriptEnabled }), /axe label/);
  });

  test(`an inline style is caught as a violation of the policy ${how}`, async () => {
    assert.match(await findings('/inline', { javaScriptEnabled }), /Content Security Policy/);
  });

  test(`sideways scroll is caught where it happens, ${how}`, async () => {
    assert.match(await findings('/wide', { javaScriptEnabled, viewport: PHONE }), /scrolls sideways: 5\d\d px in 390 px: <p class="wide">/);
    assert.equal(await findings('/wide', { javaScriptEnabled, viewport: DESK }), '');
  });
}

test('a missing picture is caught', async () => {
  assert.match(await findings('/hole'), /404 for http.*missing\.png/);
});

test('a page that is not there is caught, unless expected', async () => {
  assert.match(await findings('/gone'), /answered 404 where 200 was expected/);
  assert.equal(await findings('/gone', { status: 404 }), '');
  assert.match(await findings('/good', { status: 404 }), /answered 200 where 404 was expected/);
});

test('a console error is caught', async () => {
  assert.match(await findings('/grumbles'), /console: grumble/);
});

test('a script that throws is caught', async () => {
  assert.match(await findings('/throws'), /script error: thrown/);
});

test('a request to another origin is caught', async () => {
  assert.match(await findings('/foreign'), /foreign origin: http:\/\/127\.0\.0\.2/);
});

test('a click and a form are followed, and the page they lead to is inspected', async () => {
  for (const javaScriptEnabled of [true, false]) {
    const visitor = await newVisitor(browser, { base, javaScriptEnabled });
    await visit(visitor, '/good');
    await follow(visitor, () => visitor.getByRole('link', { name: 'On' }).click());
    assert.equal(new URL(visitor.url()).pathname, '/also-good');
    await follow(visitor, () => visitor.getByRole('button', { name: 'Send' }).click());
    assert.equal(new URL(visitor.url()).pathname, '/good');
    await assert.rejects(follow(visitor, () => visitor.goto('/pale')), /axe color-contrast/);
    await visitor.context().close();
  }
});

test('the markup that a visitor without scripts sees is the one inspected, though the server would not say it twice', async () => {
  const visitor = await newVisitor(browser, { base, javaScriptEnabled: false });
  await visitor.context().addCookies([{ name: 'login', value: '1', url: base }]);
  await visitor.goto('/mine');
  await visitor.context().clearCookies();
  await assert.rejects(inspect(visitor), /axe color-contrast/);
  await visitor.context().close();
});

test('a picture of a page is kept', async () => {
  const visitor = await newVisitor(browser, { base });
  await visit(visitor, '/good');
  assert.ok(statSync(await picture(visitor, 'harness')).size > 1000);
  await visitor.context().close();
});

test('the addresses that the demo prints are read by their labels', async () => {
  const script = 'console.log("Fiddlehead demo\\n\\n  Storefront     http://127.0.0.1:4567/");'
    + 'console.log("  Client         http://127.0.0.1:4567/demo/in/client");'
    + 'console.log("  Practitioner   http://127.0.0.1:4567/demo/in/practitioner");'
    + 'setTimeout(() => console.log("  Mailbox        http://127.0.0.1:4567/demo/mail"), 50); setInterval(() => {}, 1000);';
  const demo = await startDemo({ command: [process.execPath, '-e', script, '--'] });
  assert.equal(demo.base, 'http://127.0.0.1:4567');
  assert.equal(demo.client, 'http://127.0.0.1:4567/demo/in/client');
  assert.equal(demo.practitioner, 'http://127.0.0.1:4567/demo/in/practitioner');
  assert.equal(demo.mailbox, 'http://127.0.0.1:4567/demo/mail');
  assert.equal(await demo.stop(), 'ended with SIGTERM');
});

test('a demo that ends, stays silent or is not there says so', async () => {
  const ends = startDemo({ command: [process.execPath, '-e', 'console.error("no room"); process.exit(3)', '--'] });
  await assert.rejects(ends, /ended with 3; not printed: storefront, client, practitioner, mailbox.*no room/s);
  const silent = startDemo({ command: [process.execPath, '-e', 'setInterval(() => {}, 1000)', '--'], patience: 300 });
  await assert.rejects(silent, /was silent for 300 ms/);
  await assert.rejects(startDemo({ command: ['/nowhere/fiddlehead'] }), /did not start/);
});
