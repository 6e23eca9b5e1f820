import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertAccessible, assertNoProblems, shoot } from './browser.mjs'
import { startMesos } from './cluster.mjs'
import { World } from './world.mjs'

/** The form says everything that the API can. */

const world = new World()

/** Older spellings of what has another field. */
const older = ['uris', 'concurrent', 'maxCompletionTime']

const full = {
  name: 'full',
  command: 'serve',
  description: 'Everything at once',
  owner: 'ops@example.org',
  ownerName: 'The operators',
  labels: { team: 'ops' },
  disabled: true,
  schedule: '30 2 * * *',
  scheduleTimeZone: 'Europe/Berlin',
  epsilon: 'PT2M',
  gap: 'skip',
  overlap: 'both',
  missed: { mode: 'all', limit: 3, window: 'PT6H' },
  jitter: 'PT20S',
  calendars: ['2026-12-24/2026-12-26'],
  startAfter: '2026-03-01T12:00:00Z',
  endBefore: '2036-03-01T12:00:00Z',
  shell: false,
  arguments: ['--all', '--fast'],
  environmentVariables: [{ name: 'STAGE', value: 'a=b' }],
  runAsUser: 'nobody',
  engine: 'mesos',
  fetch: [{ uri: 'http://example.org/a.tgz', output_file: 'b.tgz', executable: false, cache: true, extract: false }],
  container: {
    type: 'MESOS',
    image: 'registry.example.org/a:1',
    network: 'USER',
    networkName: 'inside',
    networkInfos: [
      {
        name: 'inside',
        protocol: 'IPv4',
        labels: [{ key: 'zone', value: 'a' }],
        portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
      },
    ],
    volumes: [
      { containerPath: '/data', hostPath: '/srv/data', mode: 'RO' },
      {
        containerPath: '/more',
        mode: 'RW',
        external: { name: 'disk', provider: 'dvdi', options: [{ key: 'size', value: '5' }] },
      },
    ],
    forcePullImage: true,
    parameters: [],
  },
  constraints: [['rack', 'LIKE', 'rack-[1-3]']],
  cpus: 0.5,
  mem: 64,
  disk: 32,
  retries: 4,
  retryDelay: 'PT30S',
  retryBackoff: { factor: 2, max: 'PT15M', jitter: 0.1 },
  timeout: 'PT2H',
  killGracePeriod: 'PT1M',
  concurrency: 'queue',
  maxConcurrent: 2,
  onDoubt: 'run',
  disableAfterFailures: 7,
  notify: [
    { on: ['failure'], to: ['ops@example.org'] },
    { on: ['success', 'missed'], to: ['dev@example.org', 'pager'] },
  ],
  softError: true,
  async: true,
  highPriority: true,
  dataProcessingJobType: true,
}

test('every field of the API has a control in the form', async () => {
  const server = await world.start()
  const { components } = await server.ask('GET', '/openapi.json')
  const known = Object.keys(components.schemas.JobDefinition.properties).filter((field) => !older.includes(field))
  const page = await world.open({ path: '/new' }, server)
  const fields = () =>
    page.locator('[data-field]').evaluateAll((all) => all.map((one) => one.dataset.field.split(/[.[]/)[0]))
  await page.getByRole('textbox', { name: 'Schedule' }).waitFor()
  const shown = await fields()
  await page.getByText('After other jobs', { exact: true }).click()
  await page.getByRole('combobox', { name: 'Parents' }).waitFor()

  const all = new Set([...shown, ...(await fields())])

  assert.deepEqual(
    known.filter((field) => !all.has(field)),
    [],
  )
  assertNoProblems(page)
})

test('a job that uses every field is opened, changed at one place, and saved as it was else', async () => {
  const server = await world.start('--master', await startMesos(world))
  await server.putJob({ ...full, secrets: [{ name: 'TOKEN', value: 'hush' }] })
  const before = await server.ask('GET', '/v1/jobs/full')
  const page = await world.open({ path: '/jobs/full/edit', height: 4000 }, server)
  const shows = async (label, value, at = 0) =>
    assert.equal(await page.getByLabel(label, { exact: true }).nth(at).inputValue(), value, label)

  await page.getByRole('textbox', { name: 'Longest delay' }).waitFor()
  await shows('Longest delay', 'PT15M')
  await shows('Spread', '0.1')
  await shows('None older than', 'PT6H')
  await shows('Ports', '8080:80/tcp')
  await shows('Volume of a driver: its name', 'disk', 1)
  await shows('Its options', 'size=5', 1)
  await shows('Its name there', 'b.tgz')
  await page.getByText('pager', { exact: true }).waitFor()
  await assertAccessible(page)
  await shoot(page, 'form-full')

  await page.getByRole('textbox', { name: 'Ports' }).fill('8081:80/tcp')
  await page.getByRole('button', { name: 'Remove rule 1' }).click()
  await page.getByRole('button', { name: 'Add a file' }).click()
  await page
    .getByRole('group', { name: 'File 2' })
    .getByRole('textbox', { name: 'Address' })
    .fill('http://example.org/c')
  await page.getByText('The server accepts it').waitFor()
  await page.getByRole('button', { name: 'Review and save' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'full', exact: true }).waitFor()

  const { status: _, ...after } = await server.ask('GET', '/v1/jobs/full')
  const { status: __, ...expected } = structuredClone(before)
  expected.container.networkInfos[0].portMappings[0].hostPort = 8081
  expected.notify.shift()
  expected.fetch.push({ uri: 'http://example.org/c', executable: false, cache: false, extract: true })
  assert.deepEqual(after, expected)
  assertNoProblems(page)
})
