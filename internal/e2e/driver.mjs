// SPDX-License-Identifier: Apache-2.0
//
// The hands of the browser journeys: reads one command a line from standard input, as
// {id, user, do, ...arguments}, does it in Chromium and answers {id, value} or {id, error}. Whatever a page does that no page
// may do (script errors, requests to other hosts, broken policies) is kept as a fault of
// its user, and goes back with the next answer.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { readFileSync } from 'node:fs'

const require = createRequire(process.env.YUANBA_NODE_MODULES + '/')
const { chromium } = require('playwright-core')
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

const browser = await chromium.launch({
  executablePath: process.env.YUANBA_CHROMIUM,
  headless: true,
  chromiumSandbox: process.getuid() !== 0,
  args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--font-render-hinting=none', '--force-color-profile=srgb'],
})

const users = new Map()

// open makes a user: a browser profile of their own, with one page.
async function user(id, o) {
  const context = await browser.newContext({
    baseURL: o.base,
    viewport: { width: o.width, height: o.height },
    hasTouch: o.width < 600,
    isMobile: o.width < 600,
    javaScriptEnabled: !o.noScript,
    locale: o.lang,
    timezoneId: 'Asia/Shanghai',
    colorScheme: 'light',
    reducedMotion: 'reduce',
    extraHTTPHeaders: o.headers ?? {},
    geolocation: o.geo ?? undefined,
    permissions: o.geo ? ['geolocation'] : [],
    acceptDownloads: true,
  })
  context.setDefaultTimeout(o.timeout)
  const page = await context.newPage()
  const u = { context, page, faults: [], status: 0, bytes: 0, dialogs: 0 }
  const home = new URL(o.base).host
  page.on('console', m => {
    if (m.type() !== 'error') return
    // The browser also writes a line for a document that is refused on purpose; its status is looked at instead.
    if (/^Failed to load resource/.test(m.text()) && m.location().url === u.document) return
    if (o.badLine && /^Failed to load resource/.test(m.text())) return
    u.faults.push(`console: ${m.text()} (${m.location().url})`)
  })
  page.on('pageerror', e => u.faults.push(`script: ${e.stack ?? e}`))
  page.on('crash', () => u.faults.push('the page crashed'))
  page.on('request', r => {
    const url = new URL(r.url())
    if (r.isNavigationRequest() && r.frame() === page.mainFrame()) { u.document = r.url(); u.bytes = 0 }
    if (['data:', 'blob:', 'about:'].includes(url.protocol)) return
    if (url.host !== home) u.faults.push(`request to another host: ${r.method()} ${url.origin}`)
  })
  page.on('response', r => {
    if (r.request().isNavigationRequest() && r.frame() === page.mainFrame()) u.status = r.status()
    if (r.status() >= 500) u.faults.push(`${r.status()} for ${r.request().method()} ${r.url()}`)
  })
  page.on('requestfinished', async r => {
    const s = await r.sizes().catch(() => null)
    if (s) u.bytes += s.responseBodySize + s.responseHeadersSize
  })
  page.on('dialog', d => { u.dialogs++; d.accept().catch(() => {}) })
  // Policy violations reach the console as errors in Chromium; the event catches reports-only too.
  if (!o.noScript) {
    await context.addInitScript(() => addEventListener('securitypolicyviolation', e =>
      console.error(`policy violated: ${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile ?? ''}:${e.lineNumber}`)))
  }
  users.set(id, u)
}

// settle waits until the page that a click led to is there.
async function settle(u) {
  await u.page.waitForLoadState('load')
}

const acts = {
  async open(u, { path }) { await u.page.goto(path, { waitUntil: 'load' }) },
  async click(u, { at }) { await u.page.locator(at).first().click(); await settle(u) },
  // go clicks what leads to another document, and waits for that. Unlike click it cannot be fooled by a slow server.
  async go(u, { at }) {
    const next = u.page.waitForEvent('domcontentloaded')
    next.catch(() => {}) // the click may fail first, and says why better
    await u.page.locator(at).first().click()
    await next
    await settle(u)
  },
  async fill(u, { at, text }) { await u.page.locator(at).first().fill(text) },
  async choose(u, { at, text }) {
    const field = u.page.locator(at).first()
    const options = await field.locator('option').evaluateAll(os => os.map(o => [o.value, o.label]))
    const found = options.find(([v, l]) => v === text || l.trim() === text) ?? options.find(([, l]) => l.includes(text))
    if (!found) throw new Error(`${at} has no option ${text}, but ${options.map(o => o[1]).join(', ')}`)
    await field.selectOption(found[0])
  },
  async check(u, { at }) { await u.page.locator(at).first().check() },
  async attach(u, { at, files }) { await u.page.locator(at).first().setInputFiles(files) },
  async press(u, { text }) { await u.page.keyboard.press(text); await settle(u) },
  // turn presses a key that leads to another document, and waits for that.
  async turn(u, { text }) {
    const next = u.page.waitForEvent('domcontentloaded')
    next.catch(() => {})
    await u.page.keyboard.press(text)
    await next
    await settle(u)
  },
  async wait(u, { at }) { await u.page.locator(at).first().waitFor({ state: 'visible' }) },
  async text(u, { at }) { return await u.page.locator(at).first().innerText() },
  async texts(u, { at }) { return await u.page.locator(at).allInnerTexts() },
  async attr(u, { at, text }) { return await u.page.locator(at).first().getAttribute(text) ?? '' },
  async value(u, { at }) { return await u.page.locator(at).first().inputValue() },
  async count(u, { at }) { return await u.page.locator(at).count() },
  async visible(u, { at }) { return await u.page.locator(at).first().isVisible() },
  async focused(u) { return await u.page.locator(':focus').count() ? await u.page.locator(':focus').evaluate(e => e.outerHTML.slice(0, 200)) : '' },
  async title(u) { return await u.page.title() },
  async url(u) { const url = new URL(u.page.url()); return url.pathname + url.search + url.hash },
  async status(u) { return u.status },
  async bytes(u) { await u.page.waitForLoadState('networkidle'); return u.bytes },
  async dialogs(u) { return u.dialogs },
  async html(u) { return await u.page.content() },
  async js(u, { text }) { return await u.page.evaluate(text) },
  async media(u, { text }) { await u.page.emulateMedia({ media: text || null }) },
  async offline(u, { on }) { await u.context.setOffline(on) },
  async cookies(u) { return (await u.context.cookies()).map(c => ({ name: c.name, value: c.value, httpOnly: c.httpOnly, secure: c.secure, sameSite: c.sameSite })) },
  async cookie(u, { name, text, base }) { await u.context.addCookies([{ name, value: text, url: base }]) },
  async download(u, { at, file }) {
    const [d] = await Promise.all([u.page.waitForEvent('download'), u.page.locator(at).first().click()])
    await d.saveAs(file)
    return d.suggestedFilename()
  },
  async pdf(u, { file }) { await u.page.pdf({ path: file, preferCSSPageSize: true }) },
  async shot(u, { file, full }) { await u.page.screenshot({ path: file, fullPage: full, animations: 'disabled', caret: 'hide' }) },
  // wide lists what sticks out of the page sideways.
  async wide(u) {
    return await u.page.evaluate(() => {
      const w = document.documentElement.clientWidth
      if (document.documentElement.scrollWidth <= w) return []
      const clipped = e => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) if (getComputedStyle(p).overflowX !== 'visible') return true; return false }
      const out = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > w + 0.5 && !clipped(e))
      return out.length ? out.slice(0, 5).map(e => e.outerHTML.slice(0, 160)) : ['the document itself']
    })
  },
  // axe runs in the page's world through the debugger, where the page's policy does not hinder it. Where two matters
  // stand side by side their points on the map cover each other; the list beside the map leads to each of them, which
  // is the exception that WCAG 2.5.8 makes for what has an equivalent on the page.
  async axe(u) {
    await u.page.evaluate(axeSource)
    return await u.page.evaluate(async () => {
      const r = await window.axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      const listed = document.querySelector('[data-map-here]') !== null
      for (const v of r.violations) {
        if (v.id === 'target-size' && listed) v.nodes = v.nodes.filter(n => !document.querySelector(n.target[0])?.matches('.bubble'))
      }
      return r.violations.filter(v => v.nodes.length > 0).map(v => ({ rule: v.id, help: v.help, impact: v.impact, at: v.nodes.slice(0, 5).map(n => n.target.join(' ') + ': ' + (n.failureSummary ?? '').split('\n').slice(1).join('; ').trim()) }))
    })
  },
}

async function serve(c) {
  if (c.do === 'user') return user(c.user, c)
  const u = users.get(c.user)
  if (!u) throw new Error(`nobody is called ${c.user}`)
  if (c.do === 'leave') { users.delete(c.user); await u.context.close(); return }
  if (!acts[c.do]) throw new Error(`nothing is called ${c.do}`)
  return acts[c.do](u, c)
}

const say = o => process.stdout.write(JSON.stringify(o) + '\n')

async function handle(line) {
  const c = JSON.parse(line)
  const u = () => users.get(c.user)
  const answer = { id: c.id }
  const before = u()
  try { answer.value = await serve(c) } catch (e) { answer.error = String(e.message ?? e).replace(/\x1b\[[0-9;]*m/g, '') }
  answer.faults = (u() ?? before)?.faults.splice(0) ?? []
  say(answer)
}

const lines = createInterface({ input: process.stdin })
lines.on('line', line => handle(line))
lines.on('close', async () => { await browser.close(); process.exit(0) })
say({ id: 0, value: browser.version() })
