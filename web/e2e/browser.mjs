import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const artifacts = process.env.E2E_ARTIFACTS ?? join(import.meta.dirname, '../../artifacts/e2e')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** A headless browser, and tabs that note whatever goes wrong in them. */
export class Browser {
  static async start() {
    const browser = new Browser()
    browser.chromium = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
    })
    return browser
  }

  /** A tab with a store of its own. */
  async open(server, { scheme = 'light', width = 1280, height = 860, path = '/' } = {}) {
    const context = await this.chromium.newContext({
      baseURL: server.url,
      colorScheme: scheme,
      viewport: { width, height },
      timezoneId: 'Europe/Berlin',
      locale: 'en-GB',
      reducedMotion: 'reduce',
      acceptDownloads: true,
    })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    page.problems = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') page.problems.push(message.text())
    })
    page.on('pageerror', (error) => page.problems.push(String(error)))
    await page.goto(path)
    return page
  }

  close() {
    return this.chromium.close()
  }
}

/** Refused requests are told on the console by the browser itself; whoever expects some says so. */
export function assertNoProblems(page, expected = []) {
  const unexpected = page.problems.filter((text) => !expected.some((pattern) => pattern.test(text)))
  assert.deepEqual(unexpected, [])
}

/** No violation of WCAG 2.2 AA, and nothing that is wider than the window; a look is told with what breaks. */
export async function assertAccessible(page, look = '') {
  await page.evaluate(axeSource) // not as a script element, which the content security policy refuses
  const found = await page.evaluate(async (tags) => {
    const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } })
    return violations.map(
      (v) =>
        `${v.id}: ${v.help}\n  ${v.nodes
          .slice(0, 5)
          .map((n) => `${n.target} ${n.failureSummary?.split('\n')[1] ?? ''}`)
          .join('\n  ')}`,
    )
  }, rules)
  if (found.length > 0) assert.fail(`${look}\n${found.join('\n')}`)
  assert.equal(await overflow(page), 0, `the page scrolls sideways ${look}`)
}

export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

/** Keeps a picture, for people to look at. */
export async function shoot(page, name) {
  mkdirSync(artifacts, { recursive: true })
  await page.screenshot({ path: join(artifacts, `${name}.png`) })
}
