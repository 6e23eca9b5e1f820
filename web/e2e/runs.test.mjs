import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { assertNoProblems } from './browser.mjs'
import { World } from './world.mjs'

/** Runs and their output. */

const world = World.withServer(['--output-limit-bytes', '200000000'])

async function runOf(command, more = {}) {
  const name = `job-${Math.random().toString(36).slice(2)}`
  await world.server.putJob({ name, command, retries: 0, ...more })
  return world.server.startRun(name)
}

test('output shows as it is written, in colour', async () => {
  const go = join(world.server.folder, 'go')
  const run = await runOf(
    String.raw`printf '\033[31mred\033[0m plain\n'; echo step 1; until [ -e ${go} ]; do sleep 0.1; done; echo step 6`,
  )
  const page = await world.open({ path: `/runs/${run.id}` })
  const log = page.getByRole('log')

  await log.getByText('step 1', { exact: true }).waitFor()
  await page.getByText('Following', { exact: false }).waitFor()
  assert.equal(await log.locator('.f1').innerText(), 'red')
  await page.getByRole('button', { name: 'Show when lines came in here' }).click()
  await writeFile(go, '')
  await log.getByText('step 6', { exact: true }).waitFor()
  await log
    .getByText(/^\d\d:\d\d:\d\d$/)
    .first()
    .waitFor()
  await page.getByText('Complete', { exact: true }).waitFor()
  await page.locator('.page-sub span.state-succeeded').waitFor()
  assertNoProblems(page)
})

test('output is searched, wrapped, timed, and downloaded whole', async () => {
  const run = await runOf('for i in $(seq 1 500); do echo line $i; done; echo needle in the hay; seq -s " " 1 400')
  await world.server.ended(run.id)
  const page = await world.open({ path: `/runs/${run.id}` })
  const log = page.getByRole('log')
  await page.getByText('Complete', { exact: true }).waitFor()

  await page.getByRole('searchbox', { name: 'Search the output' }).fill('line 25')
  await page.getByText('1 of 11 lines').waitFor()
  await page.getByRole('button', { name: 'Next match' }).click()
  await page.getByText('2 of 11 lines').waitFor()
  await log.locator('[data-current] mark').waitFor()
  await page.waitForURL(/find=line/)
  await page.getByRole('searchbox', { name: 'Search the output' }).fill('')

  const isWide = () => log.evaluate((element) => element.scrollWidth > element.clientWidth)
  await page.getByRole('button', { name: 'Follow the end' }).click()
  await log.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
  await log.getByText('399 400', { exact: false }).waitFor()
  assert.equal(await isWide(), true)
  await page.getByRole('button', { name: 'Wrap long lines' }).click()
  await world.server.until(async () => !(await isWide()))

  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download all' }).click()
  const text = await readFile(await (await download).path(), 'utf8')
  assert.equal(text.split('\n').length, 503)
  assertNoProblems(page)
})

test('the errors of an attempt are in stderr, and each attempt has its own output', async () => {
  const run = await runOf('echo attempt $CHRONOS_JOB_RUN_ATTEMPT; echo trouble >&2; exit 9', {
    retries: 1,
    retryDelay: 'PT0.1S',
  })
  await world.server.ended(run.id)
  const page = await world.open({ path: `/runs/${run.id}` })
  await page.getByRole('log').getByText('attempt 1').waitFor()

  await page.getByRole('combobox', { name: 'Attempt' }).click()
  await page.getByRole('option', { name: 'Attempt 1 of 2' }).click()
  await page.getByRole('log').getByText('attempt 0').waitFor()
  await page.getByText('stderr', { exact: true }).click()
  await page.getByRole('log').getByText('trouble').waitFor()
  await page.getByText('Attempt 2: Exit code 9', { exact: false }).waitFor()
  assertNoProblems(page)
})

test('a hundred megabytes of output do not freeze the page', async () => {
  const run = await runOf(
    'yes "a line of output that is about as long as most lines of real programs are, or so" | head -c 100000000',
    { mem: 256 },
  )
  await world.server.ended(run.id)
  const page = await world.open({ path: `/runs/${run.id}` })
  await page.getByText('Complete', { exact: true }).waitFor()
  await page.getByText('came before this', { exact: false }).waitFor()

  await page.evaluate(() => {
    window.longest = 0
    let last = performance.now()
    const frame = (now) => {
      window.longest = Math.max(window.longest, now - last)
      last = now
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
  await page.getByRole('button', { name: 'Load all', exact: true }).click()
  await page
    .locator('.log-no', { hasText: /^1[0-9]{6}$/ })
    .first()
    .waitFor({ timeout: 90_000 })
  const log = page.getByRole('log')
  await log.evaluate((element) => element.scrollTo({ top: element.scrollHeight / 2 }))
  await log.getByText('a line of output', { exact: false }).first().waitFor()
  const longest = await page.evaluate(() => window.longest)
  assert.ok(longest < 2_000, `the page stood still for ${Math.round(longest)} ms`)
  assertNoProblems(page)
})

test('runs are filtered by state, and a run with its own arguments says so', async () => {
  await world.server.putJob({ name: 'arguments', command: 'echo', shell: false, arguments: ['own'] })
  const page = await world.open({ path: '/jobs/arguments' })
  await page.getByRole('button', { name: 'Run now' }).click()
  await page.getByRole('textbox', { name: 'Arguments' }).fill('--full\n--fast')
  await page.getByLabel('Variables of this run').fill('MONTH=2026-01')
  await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('log').getByText('--full --fast').waitFor()
  await page.getByText('MONTH=2026-01').waitFor()

  await page.goto('/runs?state=failed')
  await page.getByRole('region', { name: 'Runs' }).locator('tbody tr').first().waitFor()
  assert.equal(
    await page.getByRole('region', { name: 'Runs' }).locator('tbody span.state:not(.state-failed)').count(),
    0,
  )
  assertNoProblems(page)
})

test('a secret is nowhere to be seen', async () => {
  await world.server.putJob({ name: 'keeper', command: 'echo kept', secrets: { TOKEN: 'hush-hush' } })
  for (const path of [
    '/jobs/keeper',
    '/jobs/keeper?tab=definition',
    '/jobs/keeper/edit',
    '/jobs/keeper/edit?as=json',
  ]) {
    const page = await world.open({ path })
    await page.getByText('keeper').first().waitFor()
    await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined) // events never end
    assert.ok(!(await page.content()).includes('hush-hush'), path)
    await page.context().close()
  }
})

test('a run is killed from its page, which shows its variables but no secret', async () => {
  const run = await runOf('sleep 600', {
    environmentVariables: { STAGE: 'production' },
    secrets: { TOKEN: 'hush-hush' },
  })
  const page = await world.open({ path: `/runs/${run.id}` })
  await page.getByText('STAGE=production').waitFor()
  await page.getByText('TOKEN=********').waitFor()
  await page.locator('.page-sub span.state-running').waitFor()

  await page.getByRole('button', { name: 'Kill' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Kill' }).click()

  await page.locator('.page-sub span.state-killed').waitFor()
  await page.getByText('user, by', { exact: false }).waitFor()
  assertNoProblems(page)
})
