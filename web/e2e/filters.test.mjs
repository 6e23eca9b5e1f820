import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertAccessible, assertNoProblems } from './browser.mjs'
import { World } from './world.mjs'

/** What a person shows only, and in which order. */

const yearly = '0 0 1 1 *'
const never = 'sleep 600'

const world = World.withServer([], async (server) => {
  await server.putJobs([
    { name: 'nightly', command: 'true', schedule: yearly, owner: 'ann@x.org', labels: { team: 'red', tier: '1' } },
    { name: 'nightly-report', command: 'true', parents: ['nightly'], owner: 'bob@x.org', labels: { team: 'red' } },
    { name: 'broken', command: 'exit 3', owner: 'ann@x.org', retries: 0 },
    { name: 'fine', command: 'true', labels: { team: 'blue' } },
    { name: 'paused', command: 'true', schedule: yearly, disabled: true },
    { name: 'busy', command: never },
  ])
  for (const name of ['broken', 'fine']) await server.ended((await server.startRun(name)).id)
  const { id } = await server.startRun('busy')
  await server.until(async () => (await server.ask('GET', `/v1/runs/${id}`)).state === 'running')
})

const names = (page) => page.locator('.jobs-row:not(.jobs-head) a[href^="/jobs/"]').allInnerTexts()

/** Waits until exactly these jobs are listed, in this order. */
async function listed(page, ...wanted) {
  await page.getByText(`${wanted.length} match`).waitFor()
  await world.server.until(async () => (await names(page)).join() === wanted.join())
}

async function choose(scope, control, option) {
  await scope.getByRole('combobox', { name: control, exact: true }).click()
  await scope.getByRole('option', { name: option, exact: true }).click()
}

test('jobs are filtered by state and by last result', async () => {
  const page = await world.open({ path: '/jobs' })
  await choose(page, 'State', 'running')
  await listed(page, 'busy')
  await choose(page, 'State', 'disabled')
  await listed(page, 'paused')
  assert.match(page.url(), /\?disabled=true$/)
  await page.getByRole('button', { name: 'Clear', exact: true }).click()

  await choose(page, 'Last result', 'failed')
  await listed(page, 'broken')
  await choose(page, 'Last result', 'succeeded')
  await listed(page, 'fine')
  await choose(page, 'Last result', 'never ran')
  await listed(page, 'busy', 'nightly', 'nightly-report', 'paused') // it runs, and has no result yet
  await page.getByRole('button', { name: 'Clear', exact: true }).click()

  await page.getByText('6 in all').waitFor()
  assert.doesNotMatch(page.url(), /last=|disabled=/)
  assertNoProblems(page)
})

test('jobs are filtered by labels, owner, what starts them, engine and parent', async () => {
  const page = await world.open({ path: '/jobs' })
  const open = async () => {
    await page.getByRole('button', { name: 'Filters' }).click()
    return page.getByRole('dialog')
  }
  let filters = await open()
  const labels = filters.getByRole('combobox', { name: 'Labels' })
  await labels.fill('team=red')
  await labels.press('Enter')
  await listed(page, 'nightly', 'nightly-report')
  await labels.fill('tier')
  await labels.press('Enter')
  await listed(page, 'nightly')
  await assertAccessible(page)
  await page.reload()
  await listed(page, 'nightly')
  await page.getByRole('button', { name: 'Filters (1)' }).waitFor()
  await page.getByRole('button', { name: 'Clear', exact: true }).click()

  filters = await open()
  await filters.getByRole('textbox', { name: 'Owner' }).fill('ann@x.org')
  await filters.getByRole('textbox', { name: 'Owner' }).press('Enter')
  await listed(page, 'broken', 'nightly')
  await choose(filters, 'Starts', 'by schedule')
  await listed(page, 'nightly')
  await filters.getByRole('textbox', { name: 'Owner' }).fill('')
  await filters.getByRole('textbox', { name: 'Owner' }).press('Enter')
  await listed(page, 'nightly', 'paused')
  await choose(filters, 'Starts', 'by parents')
  await listed(page, 'nightly-report')
  await choose(filters, 'Starts', 'by hand')
  await listed(page, 'broken', 'busy', 'fine')
  await choose(filters, 'Engine', 'local')
  await page.waitForURL(/engine=local/)
  await listed(page, 'broken', 'busy', 'fine')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Clear', exact: true }).click()

  filters = await open()
  await filters.getByRole('textbox', { name: 'Parent' }).fill('nightly')
  await filters.getByRole('textbox', { name: 'Parent' }).blur()
  await listed(page, 'nightly-report')
  assertNoProblems(page)
})

test('a list that shows nothing says how to see all, and columns sort both ways', async () => {
  const page = await world.open({ path: '/jobs?owner=nobody' })
  await page.getByText('No job matches').waitFor()
  await page.getByRole('button', { name: 'Show all jobs' }).click()
  await page.getByText('6 in all').waitFor()

  const header = page.getByRole('columnheader', { name: 'Errors' })
  await header.getByRole('button').click()
  await page.waitForURL(/sort=errors/)
  assert.equal(await header.getAttribute('aria-sort'), 'ascending')
  await header.getByRole('button').click()
  await page.waitForURL(/sort=-errors/)
  await world.server.until(async () => (await names(page))[0] === 'broken')
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click()
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click()
  await world.server.until(async () => (await names(page))[0] === 'paused')
  assertNoProblems(page)
})

test('runs are filtered by several states, by job and by when they were due', async () => {
  const page = await world.open({ path: '/runs' })
  const rows = page.getByRole('region', { name: 'Runs' }).locator('tbody tr')
  const shows = (count) => world.server.until(async () => (await rows.count()) === count)
  await shows(3)
  await choose(page, 'States', 'failed')
  await shows(1)
  await page.getByRole('option', { name: 'running', exact: true }).click() // several may be chosen; it stays open
  await shows(2)
  await page.waitForURL(/state=failed/)
  await page.keyboard.press('Escape')

  await page.getByRole('textbox', { name: 'Job' }).fill('broken')
  await page.getByRole('textbox', { name: 'Job' }).press('Enter')
  await shows(1)
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  await shows(3)

  await page.getByLabel('Due before').fill('2020-01-01T00:00')
  await shows(0)
  await page.getByLabel('Due before').fill('')
  await page.getByLabel('Due from').fill('2020-01-01T00:00')
  await shows(3)
  assertNoProblems(page)
})

test('the timeline moves through time and shows as much of it as is chosen', async () => {
  const page = await world.open({ path: '/timeline' })
  const busy = page.getByRole('rowheader', { name: 'busy' })
  await busy.waitFor()
  await page.getByRole('button', { name: 'Earlier' }).click()
  await busy.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Later' }).click()
  await busy.waitFor()
  await page.getByLabel('How long').getByText('15m', { exact: true }).click()
  await page.waitForURL(/span=15m/)
  await busy.waitFor()
  assertNoProblems(page)
})
