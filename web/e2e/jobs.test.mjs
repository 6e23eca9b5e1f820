import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertAccessible, assertNoProblems } from './browser.mjs'
import { World } from './world.mjs'

/** Jobs as a person makes, finds, changes and ends them. */

const world = World.withServer()

test('an empty list teaches how to make the first job', async () => {
  const page = await world.open({ path: '/jobs' })

  await page.getByText('No jobs yet').waitFor()
  await page.getByRole('link', { name: 'Make the first job' }).click()

  await page.getByRole('heading', { name: 'New job' }).waitFor()
  assertNoProblems(page)
})

test('a job made by the form runs, shows its log, fails, says why, and is repeated', async () => {
  const page = await world.open({ path: '/new' })
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('greet')
  await page
    .getByRole('textbox', { name: 'Command' })
    .fill('echo hello from the form; test -e /tmp/never-there || exit 3')
  await page.getByText('By hand', { exact: true }).click()
  await page.getByRole('textbox', { name: 'Retries' }).fill('0')
  await page.getByText('The server accepts it').waitFor()
  await page.getByRole('button', { name: 'Create the job' }).click()

  await page.getByRole('heading', { name: 'greet' }).waitFor()
  await page.getByRole('button', { name: 'Run now' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Run' }).click()

  await page.getByRole('heading', { name: 'Run of greet' }).waitFor()
  await page.getByRole('log').getByText('hello from the form').waitFor()
  await page.getByText('Exit code 3', { exact: false }).first().waitFor()
  await page.locator('.page-sub span.state-failed').waitFor()
  const first = page.url()

  await page.getByRole('button', { name: 'Repeat' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Repeat' }).click()
  await page.waitForURL((url) => String(url) !== first)
  await page.getByText('an earlier run').waitFor()
  await page.locator('.page-sub span.state-failed').waitFor()
  assertNoProblems(page)
})

test('the form says what is wrong while one types, and shows the next times', async () => {
  const page = await world.open({ path: '/new' })
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('a/b')
  await page.getByText("A job name must not contain '/'.", { exact: false }).first().waitFor()

  await page.getByRole('textbox', { name: 'Schedule' }).fill('30 2 * * x')
  await page.getByText("has 'x' where", { exact: false }).first().waitFor()

  await page.getByRole('textbox', { name: 'Schedule' }).fill('30 2 28 3 *')
  await page.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Berlin')
  await page.getByRole('option', { name: 'Europe/Berlin' }).first().click()
  const preview = page.getByRole('status', { name: 'Preview' })
  await preview.getByText('daylight saving: meant 02:30').first().waitFor()
  assertNoProblems(page)
})

test('what was typed survives a reload', async () => {
  const page = await world.open({ path: '/new' })
  await page.getByLabel('Description').fill('half written')
  await page.waitForFunction(() => sessionStorage.length > 0)
  page.once('dialog', (dialog) => void dialog.accept())
  await page.reload()

  await page.getByText('What you typed before is still here.').waitFor()
  assert.equal(await page.getByLabel('Description').inputValue(), 'half written')
  await page.getByRole('button', { name: 'Begin anew' }).click()
  assert.equal(await page.getByLabel('Description').inputValue(), '')
  assertNoProblems(page)
})

test('three jobs form a chain, whose graph shows what waits for what', async () => {
  await world.server.putJob({ name: 'load', command: 'echo load' })
  const page = await world.open()
  for (const [name, parent] of [
    ['clean', 'load'],
    ['publish', 'clean'],
  ]) {
    await page.goto('/new')
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name)
    await page.getByRole('textbox', { name: 'Command' }).fill(`echo ${name}`)
    await page.getByText('After other jobs', { exact: true }).click()
    await page.getByRole('combobox', { name: 'Parents' }).fill(parent)
    await page.getByRole('option', { name: parent }).click()
    await page.getByText('The server accepts it').waitFor()
    await page.getByRole('button', { name: 'Create the job' }).click()
    await page.getByRole('heading', { name, exact: true }).waitFor()
  }

  await page.goto('/graph')
  await page.locator('.react-flow__node').nth(2).waitFor()
  await page.locator('.react-flow__node', { hasText: 'publish' }).click()
  await page.getByText('Waits for 1 of 1').waitFor()
  await page.getByRole('button', { name: 'Focus' }).click()
  await page.waitForURL(/job=publish/)

  await world.server.startRun('load')
  await page.locator('.react-flow__node', { hasText: 'publish' }).getByText('succeeded').waitFor()
  assertNoProblems(page)
})

test('a circle of parents is refused by name', async () => {
  await world.server.putJob({ name: 'egg', command: 'echo' })
  await world.server.putJob({ name: 'hen', command: 'echo', parents: ['egg'] })
  const page = await world.open({ path: '/jobs/egg/edit' })
  await page.getByText('After other jobs', { exact: true }).click()
  await page.getByRole('combobox', { name: 'Parents' }).fill('hen')
  await page.getByRole('option', { name: 'hen' }).click()

  await page.getByText('form a circle', { exact: false }).first().waitFor()
  assertNoProblems(page)
})

test('search finds while one types, filters are in the address, and jobs are disabled in bulk', async () => {
  await world.server.putJobs(
    Array.from({ length: 30 }, (_, i) => ({
      name: `batch-${i}`,
      command: 'echo',
      labels: { team: i % 2 ? 'red' : 'blue' },
      schedule: '0 0 1 1 *',
    })),
  )
  const page = await world.open({ path: '/jobs' })
  await page.getByRole('searchbox', { name: 'Search jobs' }).fill('batch-1')
  await page.getByText('11 match').waitFor()
  await page.waitForURL(/q=batch-1/)

  await page.goto('/jobs?label=team%3Dred')
  await page.getByText('15 match').waitFor()
  await page.getByRole('checkbox', { name: 'Select all jobs that match' }).check()
  const bar = page.getByRole('region', { name: 'Selected jobs' })
  await bar.getByRole('button', { name: 'Disable' }).click()
  await page.getByLabel('Reason').fill('holidays')
  await page.getByRole('dialog').getByRole('button', { name: 'Disable 15 jobs' }).click()

  await world.server.until(async () => (await world.server.ask('GET', '/v1/jobs?disabled=true')).total === 15)
  await page.locator('.jobs-row span.state-disabled').first().waitFor()
  await page.goto('/jobs/batch-1')
  await page.getByText('(holidays)').waitFor()
  assertNoProblems(page)
})

test('selected jobs are run, killed, enabled and deleted in bulk', async () => {
  await world.server.putJobs(
    ['x', 'y'].map((name) => ({ name: `bulk-${name}`, command: 'sleep 600', disabled: true })),
  )
  const page = await world.open({ path: '/jobs?q=bulk-' })
  const bar = page.getByRole('region', { name: 'Selected jobs' })
  const act = async (action, confirm) => {
    await page.getByRole('checkbox', { name: 'Select bulk-x' }).check()
    await page.getByRole('checkbox', { name: 'Select bulk-y' }).check()
    await bar.getByRole('button', { name: action, exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: confirm }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  const states = (wanted) =>
    world.server.until(async () =>
      (await world.server.ask('GET', '/v1/jobs?q=bulk-')).items.every((job) => job.state === wanted),
    )

  await act('Enable', 'Enable 2 jobs')
  await act('Run', 'Run 2 jobs')
  await states('running')
  await page.locator('.jobs-row span.state-running').nth(1).waitFor()
  await act('Kill runs', 'Kill runs 2 jobs')
  await states('idle')
  await act('Delete', 'Delete 2 jobs')

  await page.getByText('No job matches').waitFor()
  assertNoProblems(page)
})

test('a running job is killed from its page', async () => {
  await world.server.putJob({ name: 'endless', command: 'sleep 600' })
  await world.server.startRun('endless')
  const page = await world.open({ path: '/jobs/endless' })
  await page.locator('.page-sub span.state-running').waitFor()

  await page.getByRole('button', { name: 'Kill', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Kill' }).click()

  await page.locator('.page-sub span.state-killed').waitFor()
  assertNoProblems(page)
})

test('a backfill says what it would run before it runs it', async () => {
  await world.server.putJob({
    name: 'daily',
    command: 'echo $CHRONOS_NOMINAL_TIME',
    schedule: '0 0 * * *',
    scheduleTimeZone: 'Europe/Berlin',
  })
  const page = await world.open({ path: '/jobs/daily' })
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Backfill' }).click()
  await page.getByLabel('From').fill('2026-01-01T00:00')
  await page.getByLabel('Until').fill('2026-01-08T00:00')
  await page.getByRole('status', { name: 'Dry run' }).getByText('7 occurrences').waitFor()
  await page.getByRole('button', { name: 'Start the backfill' }).click()

  await world.server.until(
    async () => (await world.server.ask('GET', '/v1/jobs/daily/runs?state=succeeded')).items.length === 7,
  )
  await page.getByRole('tab', { name: 'Runs' }).click()
  await page.getByRole('region', { name: 'Runs' }).locator('tbody tr').nth(6).waitFor()
  assertNoProblems(page)
})

test('an edit shows what changes before it is saved', async () => {
  await world.server.putJob({ name: 'report', command: 'make report', retries: 1 })
  const page = await world.open({ path: '/jobs/report/edit' })
  await page.getByRole('textbox', { name: 'Retries' }).fill('4')
  await page.getByRole('button', { name: 'Review and save' }).click()
  await page.getByRole('dialog').getByText('retries:').first().waitFor()
  await assertAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()

  await page.getByRole('heading', { name: 'report', exact: true }).waitFor()
  assert.equal((await world.server.ask('GET', '/v1/jobs/report')).retries, 4)
  assertNoProblems(page)
})

test('a definition is written as YAML', async () => {
  const page = await world.open({ path: '/new?as=yaml' })
  const editor = page.getByRole('textbox', { name: 'Definition as YAML' })
  await editor.click()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText('name: by-yaml\ncommand: echo yaml\nlabels:\n  from: yaml\nconcurrency: queue\n')
  await page.getByText('The server accepts it').waitFor()
  await page.getByRole('button', { name: 'Create the job' }).click()

  await page.getByRole('heading', { name: 'by-yaml' }).waitFor()
  const job = await world.server.ask('GET', '/v1/jobs/by-yaml')
  assert.deepEqual([job.concurrency, job.labels], ['queue', { from: 'yaml' }])
  assertNoProblems(page)
})

test('an edit that somebody else overtook shows both, and loses neither', async () => {
  await world.server.putJob({ name: 'shared', command: 'echo one' })
  const page = await world.open({ path: '/jobs/shared/edit' })
  await page.getByLabel('Description').fill('mine')
  await world.server.putJob({ name: 'shared', command: 'echo two' })
  await page.getByRole('button', { name: 'Review and save' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()

  await page.getByText('Somebody else changed it meanwhile').waitFor()
  await page.getByRole('dialog').getByText('echo two').first().waitFor()
  await page.getByRole('button', { name: 'Replace theirs' }).click()
  await page.getByRole('heading', { name: 'shared', exact: true }).waitFor()
  assert.equal((await world.server.ask('GET', '/v1/jobs/shared')).description, 'mine')
  assertNoProblems(page, [/412/])
})

test('a duplicate begins with the definition of the other', async () => {
  await world.server.putJob({ name: 'origin', command: 'echo origin', retries: 7 })
  const page = await world.open({ path: '/jobs/origin' })
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Duplicate' }).click()
  await page.getByRole('heading', { name: 'Copy of origin' }).waitFor()
  await page.getByText('The server accepts it').waitFor()
  await page.getByRole('button', { name: 'Create the job' }).click()

  await page.getByRole('heading', { name: 'origin-copy' }).waitFor()
  assert.equal((await world.server.ask('GET', '/v1/jobs/origin-copy')).retries, 7)
  assertNoProblems(page)
})

test('deleting a job shows what depends on it', async () => {
  await world.server.putJob({ name: 'root', command: 'echo' })
  await world.server.putJob({ name: 'leaf', command: 'echo', parents: ['root'] })
  const page = await world.open({ path: '/jobs/root' })
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('One job depends').waitFor()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await dialog.getByRole('alert').waitFor()
  await dialog.getByText('Delete all that depend on it, too').click()
  await dialog.getByRole('button', { name: 'Delete' }).click()

  await page.waitForURL(/\/jobs$/)
  await world.server.until(async () => (await world.server.ask('GET', '/v1/jobs?name=leaf')).total === 0)
  assertNoProblems(page, [/409/, /404/])
})

test('a job that somebody else deletes says so', async () => {
  await world.server.putJob({ name: 'doomed', command: 'echo' })
  const page = await world.open({ path: '/jobs/doomed' })
  await page.getByRole('heading', { name: 'doomed' }).waitFor()
  await world.server.ask('DELETE', '/v1/jobs/doomed')

  await page.getByRole('alert').getByText('doomed', { exact: false }).first().waitFor()
  assertNoProblems(page, [/404/])
})

test('a job is marked as succeeded, disabled and enabled', async () => {
  await world.server.putJob({ name: 'manual', command: 'exit 1' })
  const page = await world.open({ path: '/jobs/manual' })
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Mark as succeeded' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Mark as succeeded' }).click()
  await world.server.until(
    async () => (await world.server.ask('GET', '/v1/jobs/manual')).status.counters.successCount === 1,
  )

  await page.getByRole('button', { name: 'Disable' }).click()
  await page.getByLabel('Reason').fill('broken')
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
  await page.getByText('(broken)').waitFor()
  await page.getByRole('button', { name: 'Enable' }).click()
  await page.getByRole('button', { name: 'Disable' }).waitFor()
  await page.getByRole('tab', { name: 'Decisions' }).click()
  await page.getByText('Disabled by', { exact: false }).first().waitFor()
  assertNoProblems(page)
})
