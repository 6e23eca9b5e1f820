import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertNoProblems } from './browser.mjs'
import { World } from './world.mjs'

/** What the pages tell of all jobs together: home, timeline, calendar, graph and audit log. */

const world = World.withServer()

test('home tells what fails and why, what comes, and how much of it', async () => {
  await world.server.putJob({ name: 'breaks', command: 'echo no >&2; exit 7', retries: 0 })
  await world.server.putJob({ name: 'herd', command: 'true', schedule: '0 0 * * *' })
  await world.server.putJob({ name: 'waits', command: 'sleep 600' })
  await world.server.ended((await world.server.startRun('breaks')).id)
  await world.server.startRun('waits')
  const page = await world.open()

  const failures = page.getByRole('region', { name: 'Latest failures' })
  await failures.getByRole('link', { name: 'breaks' }).waitFor()
  await failures.getByText('Exit code 7', { exact: false }).waitFor()
  const upcoming = page.getByRole('region', { name: 'Upcoming' })
  await upcoming.getByRole('link', { name: 'herd' }).waitFor()
  const countdown = await upcoming.locator('time').innerText()
  assert.match(countdown, /^in \d/)
  await page.getByRole('region', { name: 'Load ahead' }).getByText('peak 1 at', { exact: false }).waitFor()
  const health = page.getByRole('region', { name: 'Health' })
  await health.getByText('This node leads, in term', { exact: false }).waitFor()
  await health.getByText('on time').waitFor()
  await page.getByRole('link', { name: '1 running' }).waitFor()

  await page.getByRole('link', { name: '1 jobs failed last' }).click()
  await page.getByRole('heading', { name: 'Jobs' }).waitFor()
  await page.getByRole('link', { name: 'breaks' }).waitFor()
  assert.match(page.url(), /last=failed/)
  assertNoProblems(page)
})

test('starts show on home as they happen', async () => {
  await world.server.putJob({ name: 'ticks', command: 'true', schedule: '* * * * * *' })
  const page = await world.open()

  const rate = page.locator('.tile', { hasText: 'starts per second' }).locator('b')
  await world.server.until(async () => Number(await rate.innerText()) > 0)
  await world.server.ask('DELETE', '/v1/jobs/ticks')
  assertNoProblems(page)
})

test('the timeline shows runs, all planned starts, and what lies further ahead', async () => {
  await world.server.putJob({ name: 'each-minute', command: 'true', schedule: '* * * * *' })
  const run = await world.server.startRun('each-minute')
  await world.server.ended(run.id)
  const page = await world.open({ path: '/timeline?span=15m' })
  const row = page.getByRole('row', { name: /each-minute/ })

  await row.locator('.gantt-planned').nth(1).waitFor()
  await row.locator(`[data-run="${run.id}"]`).waitFor()
  await page.getByRole('button', { name: 'Later' }).click()
  await row.locator('.gantt-planned').nth(8).waitFor()
  await page.waitForURL(/until=/)
  await page.getByRole('button', { name: 'Now', exact: true }).click()
  await row.locator(`[data-run="${run.id}"]`).click()
  await page.getByRole('heading', { name: 'Run of each-minute' }).waitFor()
  assertNoProblems(page)
})

test('the calendar shows results by day, and what is planned', async () => {
  await world.server.putJob({ name: 'each-noon', command: 'exit 1', schedule: '0 12 * * *', retries: 0 })
  await world.server.ended((await world.server.startRun('each-noon')).id)
  const page = await world.open({ path: '/calendar?job=each-noon' })

  await page
    .getByRole('gridcell', { name: /: 1 start planned/ })
    .nth(20)
    .waitFor()
  const today = page.getByRole('link', { name: /: 1 runs, 1 failed/ })
  await today.click()
  await page.getByRole('heading', { name: 'Runs' }).waitFor()
  await page.getByRole('region', { name: 'Runs' }).getByRole('link', { name: 'each-noon', exact: true }).waitFor()
  assert.match(page.url(), /from=.*until=/)
  assertNoProblems(page)
})

test('a job tells how it did and when it comes, and is duplicated', async () => {
  await world.server.putJob({
    name: 'told',
    command: 'sleep 0.1',
    schedule: '30 2 * * *',
    scheduleTimeZone: 'Europe/Berlin',
  })
  for (let i = 0; i < 3; i++) await world.server.ended((await world.server.startRun('told')).id)
  const page = await world.open({ path: '/jobs/told' })

  await page.getByRole('region', { name: 'Statistics' }).getByText('last 3 runs').waitFor()
  await page.getByRole('region', { name: 'Statistics' }).getByText('Took 50 %').waitFor()
  await page.getByRole('region', { name: 'How long it took' }).waitFor()
  await page.getByRole('list', { name: 'Next times' }).locator('li').nth(9).waitFor()
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Duplicate' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('told-again')
  await page.getByText('The server accepts it').waitFor()
  await page.getByRole('button', { name: 'Create the job' }).click()
  await page.getByRole('heading', { name: 'told-again' }).waitFor()
  assert.equal((await world.server.ask('GET', '/v1/jobs/told-again')).schedule, '30 2 * * *')
  assertNoProblems(page)
})

test('the audit log says who changed what', async () => {
  await world.server.putJob({ name: 'watched', command: 'true' })
  await world.server.ask('POST', '/v1/jobs/watched/disable', { reason: 'stock-taking' })
  const page = await world.open({ path: '/audit?job=watched' })

  const changes = page.getByRole('region', { name: 'Changes' }).getByRole('row')
  await changes.filter({ hasText: 'disabled' }).filter({ hasText: 'anonymous' }).waitFor()
  await changes.filter({ hasText: 'created' }).waitFor()
  assert.equal(await changes.filter({ hasNotText: 'watched' }).count(), 1) // the head
  assertNoProblems(page)
})

test('the graph finds a job, shows its neighbourhood only, and has a map', async () => {
  await world.server.putJobs([
    { name: 'root', command: 'true' },
    { name: 'left', command: 'true', parents: ['root'] },
    { name: 'right', command: 'true', parents: ['root'] },
    { name: 'end', command: 'true', parents: ['left', 'right'] },
  ])
  const page = await world.open({ path: '/graph' })
  const nodes = page.locator('.react-flow__node')
  await nodes.nth(3).waitFor()
  await page.getByRole('img', { name: 'Overview of the graph' }).waitFor()

  await page.getByRole('searchbox', { name: 'Find in the graph' }).fill('left')
  await page.locator('[data-hit]', { hasText: 'left' }).waitFor()
  await nodes.filter({ hasText: 'left' }).click()
  await page.getByRole('button', { name: 'Focus' }).click()
  await page.getByText('Ancestors', { exact: true }).click()
  await nodes.filter({ hasText: 'end' }).waitFor({ state: 'detached' })
  assert.equal(await nodes.count(), 2)
  await page.getByText('Descendants', { exact: true }).click()
  await nodes.filter({ hasText: 'end' }).waitFor()
  await nodes.filter({ hasText: 'root' }).waitFor({ state: 'detached' })
  assert.match(page.url(), /job=left.*only=down|only=down.*job=left/)
  assertNoProblems(page)
})
