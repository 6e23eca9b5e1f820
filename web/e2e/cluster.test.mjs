import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertAccessible, assertNoProblems, shoot } from './browser.mjs'
import { startMesos, startNodes } from './cluster.mjs'
import { World } from './world.mjs'

/** Several nodes, and engines with several machines. */

const world = new World()

async function partsOf(nodes) {
  const { leader } = await nodes.find((node) => node.isUp).ask('GET', '/v1/cluster')
  const ids = await Promise.all(nodes.map(async (node) => (await node.ask('GET', '/v1/cluster')).nodeId))
  return { leader: nodes[ids.indexOf(leader)], followers: nodes.filter((_, i) => ids[i] !== leader) }
}

test('the leader dies, and who looks at a follower sees it, loses nothing, and goes on', async () => {
  const nodes = await startNodes(world, 3)
  await nodes[0].putJob({ name: 'steady', command: 'echo', schedule: '* * * * * *' })
  const { leader, followers } = await partsOf(nodes)
  const looked = followers[0]
  const page = await world.open({ path: '/cluster' }, looked)
  const members = page.getByRole('region', { name: 'Nodes' }).getByRole('row')
  await members.nth(3).waitFor()
  await page.getByText('etcd', { exact: true }).waitFor()
  await page.getByText('follows: it passes requests on to the leader').waitFor()
  assert.equal(await page.getByRole('region', { name: 'Problems' }).count(), 0)
  const before = await members.filter({ hasText: 'leads' }).innerText()
  assert.ok(before.includes(String(leader.port)), before)
  await shoot(page, 'cluster-nodes')
  await assertAccessible(page)

  const writing = await world.open({ path: '/new' }, looked)
  await writing.getByRole('textbox', { name: 'Name', exact: true }).fill('written-meanwhile')
  await writing.getByRole('textbox', { name: 'Command' }).fill('echo kept')
  await writing.getByText('By hand', { exact: true }).click()
  await leader.stop('SIGKILL')

  await writing.getByText('Not live since', { exact: false }).waitFor()
  await writing.getByRole('button', { name: 'Create the job' }).click()
  await writing.getByRole('alert').getByText('The server does not decide now').waitFor()
  await shoot(writing, 'leader-lost')
  await members
    .filter({ hasText: 'leads' })
    .filter({ hasNotText: String(leader.port) })
    .waitFor({ timeout: 60_000 })
  await writing.getByRole('button', { name: 'Live', exact: false }).waitFor({ timeout: 30_000 })
  assert.equal(await writing.getByRole('textbox', { name: 'Command' }).inputValue(), 'echo kept')
  // As a person would: again, should the new leader not be ready yet.
  await looked.until(async () => {
    if (new URL(writing.url()).pathname === '/jobs/written-meanwhile') return true
    const create = writing.getByRole('button', { name: 'Create the job' })
    if (await create.isEnabled({ timeout: 1_000 }).catch(() => false)) await create.click()
    return false
  })
  await writing.getByRole('heading', { name: 'written-meanwhile' }).waitFor()

  await members.nth(3).waitFor({ state: 'detached', timeout: 60_000 })
  for (const tab of [page, writing]) assertNoProblems(tab, [/503/, /ERR_/, /network error/i])
})

test('the machines of an engine and the reasons of what waits are shown', async () => {
  const master = await startMesos(world)
  const server = await world.start('--master', master)
  await server.putJob({ name: 'runs', command: 'sleep 600', cpus: 0.5, mem: 64 })
  await server.putJob({
    name: 'too-large',
    command: 'echo',
    cpus: 2,
    mem: 1024,
    constraints: [['rack', 'EQUALS', 'x']],
  })
  await server.startRun('runs')
  await server.startRun('too-large')
  const page = await world.open({ path: '/cluster' }, server)

  const machines = page.getByRole('region', { name: 'Machines of mesos' }).getByRole('row')
  await machines.nth(2).waitFor()
  await machines.filter({ hasText: '0.5 cpus, 64 MiB' }).waitFor()
  const why = page.getByRole('region', { name: 'Why attempts wait' })
  await why.getByText('None of 2 agents satisfies rack EQUALS x.').waitFor()
  await why.getByRole('link', { name: 'too-large' }).waitFor()
  await shoot(page, 'cluster-mesos')
  await assertAccessible(page)
  assertNoProblems(page)
})
