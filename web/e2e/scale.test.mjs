import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { assertNoProblems } from './browser.mjs'
import { World } from './world.mjs'

/** The list with 100,000 jobs. Set E2E_SCALE to another number for a quick look. Times are told, and only judged with
 *  E2E_MEASURE=1, on a machine that does nothing else. */

const count = Number(process.env.E2E_SCALE ?? 100_000)
const isMeasured = process.env.E2E_MEASURE === '1'
const firstLoadMax = 350 * 1024

const world = World.withServer([], async (server) => {
  for (let from = 0; from < count; from += 20_000)
    await server.putJobs(
      Array.from({ length: Math.min(20_000, count - from) }, (_, i) => ({
        name: `job-${String(from + i).padStart(6, '0')}`,
        command: `echo ${from + i}`,
        schedule: '0 0 1 1 *',
        labels: { team: `team-${i % 7}` },
      })),
    )
})

function judge(context, what, value, limit, isWorse) {
  context.diagnostic(`${what}: ${value.toFixed(1)}, limit ${limit}`)
  if (isMeasured) assert.ok(!isWorse(value, limit), `${what} is ${value}, the limit is ${limit}`)
}

test('the first list, search, jumps and scrolling stay quick', { timeout: 300_000 }, async (context) => {
  const page = await world.open({ path: '/cluster' })
  await page.getByRole('heading', { name: 'Cluster' }).waitFor()

  const began = Date.now()
  await page.goto('/jobs')
  await page.getByRole('link', { name: 'job-000000' }).waitFor()
  judge(context, 'first list, ms', Date.now() - began, 1000, (a, b) => a > b)
  await page.getByText(`${count.toLocaleString('en')} in all`).waitFor()

  const times = []
  const box = page.getByRole('searchbox', { name: 'Search jobs' })
  for (let i = 1; i <= 20; i++) {
    const wanted = `job-${String(i * 37).padStart(6, '0')}`
    const answer = page.waitForResponse((response) => response.url().includes(`q=${wanted}`))
    await box.fill(wanted)
    const response = await answer
    await response.finished()
    const { responseEnd, requestStart } = response.request().timing()
    times.push(responseEnd - requestStart)
    await page.getByText('1 match').waitFor()
    await page.getByRole('link', { name: wanted }).waitFor()
  }
  times.sort((a, b) => a - b)
  judge(context, 'search p95, ms', times[18], 100, (a, b) => a > b)
  await box.fill('')
  await page.getByText(`${count.toLocaleString('en')} in all`).waitFor()

  const rows = page.getByRole('rowgroup', { name: 'Rows' })
  await rows.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
  await page.getByRole('link', { name: `job-${String(count - 1).padStart(6, '0')}` }).waitFor()

  const frames = await rows.evaluate(async (element) => {
    element.scrollTo({ top: 0 })
    let frames = 0
    const began = performance.now()
    while (performance.now() - began < 3_000) {
      element.scrollTop += 30
      await new Promise((resolve) => requestAnimationFrame(resolve))
      frames++
    }
    return frames / ((performance.now() - began) / 1000)
  })
  judge(context, 'frames per second while scrolling', frames, 50, (a, b) => a < b)
  assert.ok((await page.locator('.jobs-scroll .jobs-row').count()) < 100, 'rows out of view exist')
  assertNoProblems(page)
})

test('memory stays flat while the list is updated live', { timeout: 300_000 }, async (context) => {
  const page = await world.open({ path: '/jobs' })
  await page.getByRole('link', { name: 'job-000000' }).waitFor()
  const client = await page.context().newCDPSession(page)
  const heap = async () => {
    await client.send('HeapProfiler.collectGarbage')
    return (await client.send('Runtime.getHeapUsage')).usedSize / 1024 / 1024
  }
  const touch = async (rounds) => {
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < 50; i++) {
        const name = `job-${String(i).padStart(6, '0')}`
        await world.server.ask('POST', `/v1/jobs/${name}/mark-success`)
        await world.server.ask('POST', `/v1/jobs/${name}/${round % 2 ? 'enable' : 'disable'}`)
      }
    }
  }
  await touch(2)
  await page.waitForTimeout(3_000)
  const before = await heap()
  await touch(20)
  await page.waitForTimeout(3_000)
  const after = await heap()
  context.diagnostic(`heap before ${before.toFixed(1)} MiB, after 2,000 changes ${after.toFixed(1)} MiB`)
  assert.ok(after < before + 10, `the heap grew from ${before} to ${after} MiB`)
  assertNoProblems(page)
})

test('the first load is small', async (context) => {
  const page = await world.open({ path: 'about:blank' })
  const sizes = new Map()
  page.on('response', async (response) => {
    const name = new URL(response.url()).pathname
    if (name.startsWith('/assets/')) sizes.set(name, true)
  })
  await page.goto(world.server.url + '/jobs')
  await page.getByRole('link', { name: 'job-000000' }).waitFor()
  const folder = join(import.meta.dirname, '../dist/assets')
  const known = new Set(readdirSync(folder))
  let total = 0
  for (const name of sizes.keys()) {
    const file = name.slice('/assets/'.length)
    if (known.has(file)) total += gzipSync(readFileSync(join(folder, file))).length
  }
  context.diagnostic(`first load, gzip: ${(total / 1024).toFixed(0)} KiB in ${sizes.size} files`)
  assert.ok(sizes.size > 1)
  assert.ok(total <= firstLoadMax, `the first load has ${total} bytes, at most ${firstLoadMax} are allowed`)
})

test('a graph of 2,000 jobs is laid out and moves', { timeout: 300_000 }, async (context) => {
  await world.server.putJobs(
    Array.from({ length: 2_000 }, (_, i) => ({
      name: `node-${String(i).padStart(4, '0')}`,
      command: 'echo',
      parents: i < 20 ? [] : [`node-${String(Math.floor(i / 2)).padStart(4, '0')}`],
    })),
  )
  const page = await world.open({ path: '/graph' })
  const began = Date.now()
  await page.locator('.react-flow__node').first().waitFor({ timeout: 120_000 })
  context.diagnostic(`laid out after ${Date.now() - began} ms`)
  await page.getByRole('searchbox', { name: 'Find in the graph' }).fill('node-1234')
  await page.keyboard.press('Enter')
  await page.locator('.react-flow__node', { hasText: 'node-1234' }).waitFor()
  await page.waitForTimeout(1000)
  const frames = await page.evaluate(async () => {
    const pane = document.querySelector('.react-flow__pane')
    const began = performance.now()
    let frames = 0
    while (performance.now() - began < 3_000) {
      const zooms = Math.floor((performance.now() - began) / 500) % 2 ? -20 : 20
      pane.dispatchEvent(
        new WheelEvent('wheel', {
          deltaY: zooms,
          clientX: 600,
          clientY: 400,
          bubbles: true,
          cancelable: true,
        }),
      )
      await new Promise((resolve) => requestAnimationFrame(resolve))
      frames++
    }
    return frames / 3
  })
  judge(context, 'frames per second while zooming 2,000 nodes', frames, 30, (a, b) => a < b)
  assertNoProblems(page)
})
