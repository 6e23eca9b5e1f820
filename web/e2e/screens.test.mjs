import { test } from 'node:test'
import { assertAccessible, assertNoProblems, shoot } from './browser.mjs'
import { World } from './world.mjs'

/** Every page, in light and dark, wide and narrow, changed while it is open: no violation of WCAG, nothing wider than
 *  the window, no error on the console; and a picture of each. */

let run

const world = World.withServer(['--demo'], async (server) => {
  await server.putJobs([
    {
      name: 'nightly-import',
      description: 'Reads the orders of the day.',
      owner: 'data@example.org',
      labels: { team: 'data', tier: 'gold' },
      schedule: '30 2 * * *',
      scheduleTimeZone: 'Europe/Berlin',
      command: String.raw`printf '\033[1mimport\033[0m started\n'; for i in $(seq 1 30); do printf "\033[3%dmrow $i\033[0m read\n" $((i%7+1)); done; echo 'cannot open orders.csv' >&2; exit 4`,
      retries: 1,
      retryDelay: 'PT0.2S',
    },
    { name: 'nightly-report', parents: ['nightly-import'], command: 'echo report' },
    { name: 'old-cleanup', command: 'echo', schedule: '@daily', disabled: true },
    {
      name: 'long-export',
      command: 'for i in $(seq 1 900); do echo part $i; sleep 1; done',
      labels: { team: 'bi' },
    },
  ])
  await server.startRun('long-export')
  run = await server.startRun('nightly-import')
  await server.ended(run.id)
  // Enough of the demo's runs for charts and strips that show something.
  await server.until(
    async () => (await server.ask('GET', '/v1/jobs/extract-orders/runs?state=succeeded')).items.length >= 3,
  )
})

const pages = {
  home: () => '/',
  jobs: () => '/jobs',
  job: () => '/jobs/extract-orders',
  'job-failed': () => '/jobs/nightly-import',
  'job-decisions': () => '/jobs/nightly-import?tab=decisions',
  'job-calendar': () => '/jobs/extract-orders?tab=calendar',
  'job-definition': () => '/jobs/nightly-import?tab=definition',
  new: () => '/new',
  edit: () => '/jobs/nightly-import/edit',
  'edit-yaml': () => '/jobs/nightly-import/edit?as=yaml',
  runs: () => '/runs',
  run: () => `/runs/${run.id}`,
  graph: () => '/graph',
  timeline: () => '/timeline?span=15m',
  calendar: () => '/calendar',
  cluster: () => '/cluster',
  audit: () => '/audit',
}

const looks = [
  { scheme: 'light', width: 1440, height: 900 },
  { scheme: 'dark', width: 1440, height: 900 },
  { scheme: 'light', width: 360, height: 740 },
  { scheme: 'dark', width: 360, height: 740 },
]

for (const [name, path] of Object.entries(pages))
  test(`${name} is accessible, fits, and has no error`, async () => {
    const page = await world.open({ ...looks[0], path: path() })
    await page.locator('.page').waitFor()
    await page.waitForFunction(() => document.querySelector('.loading') === null)
    for (const { scheme, width, height } of looks) {
      await page.emulateMedia({ colorScheme: scheme })
      await page.setViewportSize({ width, height })
      await page.waitForTimeout(400) // charts and diagrams are drawn anew
      await shoot(page, `${name}-${scheme}-${width}`)
      await assertAccessible(page, `${scheme} at ${width}`)
    }
    assertNoProblems(page)
  })
