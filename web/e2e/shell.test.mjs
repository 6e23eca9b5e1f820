import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { assertAccessible, assertNoProblems } from './browser.mjs'
import { binary } from './server.mjs'
import { World } from './world.mjs'

/** What is around the pages: keyboard, sign-in, roles, and what happens when the server goes away. */

const world = new World()

test('the main path goes by keyboard alone', async () => {
  const server = await world.start()
  await server.putJob({ name: 'typed', command: 'echo by keyboard' })
  const page = await world.open({}, server)
  await page.getByRole('heading', { name: 'Home' }).waitFor()

  await page.keyboard.press('Control+K')
  await hasFocus()
  await page.keyboard.type('typed')
  await page.getByRole('button', { name: 'typed' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'typed' }).waitFor()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })

  await page.getByRole('button', { name: 'Run now' }).focus()
  await page.keyboard.press('Enter')
  await hasFocus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Run of typed' }).waitFor()
  await page.getByRole('log').getByText('by keyboard').waitFor()

  await page.keyboard.press('Control+K')
  await hasFocus()
  await page.keyboard.type('new job')
  await page.getByRole('dialog').getByText('New job', { exact: false }).first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Name', exact: true }).focus()
  await page.keyboard.type('second')
  for (let i = 0; i < 40 && !(await isFocused('Command')); i++) await page.keyboard.press('Tab')
  await page.keyboard.type('echo 2')
  await page.getByText('The server accepts it').waitFor()
  await page.keyboard.press('Tab')
  for (let i = 0; i < 60 && !(await isFocused('Create the job')); i++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'second' }).waitFor()
  assertNoProblems(page)

  // A dialog is seen before it has the focus.
  async function hasFocus() {
    await page.waitForFunction(() => document.activeElement?.closest('[role=dialog]')?.matches('section'))
    await page.waitForFunction(() => /INPUT|BUTTON/.test(document.activeElement?.tagName ?? ''))
  }

  async function isFocused(name) {
    return page.evaluate((wanted) => {
      const { activeElement: element } = document
      const label = element?.id && document.querySelector(`label[for="${element.id}"]`)
      return (label || element)?.textContent?.trim() === wanted
    }, name)
  }
})

test('a server that goes away is told, and all is well when it is back', async () => {
  const server = await world.start()
  await server.putJob({ name: 'steady', command: 'echo' })
  const page = await world.open({ path: '/jobs' }, server)
  await page.getByRole('link', { name: 'steady' }).waitFor()
  await page.getByRole('button', { name: 'Live', exact: false }).waitFor()

  await server.stop('SIGKILL')
  await page.getByText('No connection to the server', { exact: false }).waitFor()
  await page.getByRole('link', { name: 'steady' }).waitFor()
  await server.run()
  await page
    .getByText('No connection to the server', { exact: false })
    .waitFor({ state: 'detached', timeout: 40_000 })

  await server.putJob({ name: 'after-the-break', command: 'echo' })
  await page.getByRole('link', { name: 'after-the-break' }).waitFor()
  assertNoProblems(page, [/ERR_/, /network error/i])
})

test('what is typed while the server is away is saved when it is back', async () => {
  const server = await world.start()
  const page = await world.open({ path: '/new' }, server)
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('patient')
  await server.stop('SIGKILL')
  await page.getByRole('textbox', { name: 'Command' }).fill('echo patient')
  await page.getByRole('button', { name: 'Create the job' }).click()
  await page.getByText('The server cannot be reached').waitFor()

  await server.run()
  await page.getByRole('button', { name: 'Create the job' }).click()
  await page.getByRole('heading', { name: 'patient' }).waitFor()
  assertNoProblems(page, [/ERR_/, /network error/i])
})

test('live updates can be paused', async () => {
  const server = await world.start()
  await server.putJob({ name: 'first', command: 'echo' })
  const page = await world.open({ path: '/jobs' }, server)
  await page.getByRole('button', { name: 'Live. Pause live updates' }).click()
  await server.putJob({ name: 'second', command: 'echo' })
  await page.getByRole('button', { name: 'Paused. Go on with live updates' }).click()

  await page.getByRole('link', { name: 'second' }).waitFor()
  assertNoProblems(page)
})

test('an unknown address and an unknown run say so', async () => {
  const server = await world.start()
  const page = await world.open({ path: '/jobs/nobody' }, server)
  await page.getByText("There is no job 'nobody'", { exact: false }).waitFor()
  await page.goto('/runs/01M7Z2WBP7XDABD4VJZX7BC8WP')
  await page.getByRole('alert').waitFor()
  assertNoProblems(page, [/404/])
})

test('a defect of the server shows its trace id', async () => {
  const server = await world.start()
  const page = await world.open({ path: '/cluster' }, server)
  await page.route('**/v1/jobs/any', (route) =>
    route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      body: '{"type":"urn:chronos:problem:server","title":"The server failed","status":500,"traceId":"abc-1"}',
    }),
  )
  await page.goto('/jobs/any')
  await page.getByText('abc-1').waitFor()
  await page.unroute('**/v1/jobs/any')
  await server.putJob({ name: 'any', command: 'echo' })
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('button', { name: 'Run now' }).waitFor()
  assertNoProblems(page, [/500/])
})

async function signIn(page, user, password) {
  await page.getByRole('textbox', { name: 'User' }).fill(user)
  await page.locator('input[type=password]').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('who signs in sees what the role allows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chronos-access-'))
  const hash = (password) =>
    execFileSync(binary, ['hash'], { input: `${password}\n` })
      .toString()
      .trim()
  const access = join(folder, 'access.yaml')
  writeFileSync(
    access,
    `users:\n${['viewer', 'operator', 'admin'].map((role) => `  - {name: ${role}1, passwordHash: "${hash(`pw-${role}`)}", role: ${role}}\n`).join('')}`,
  )
  try {
    const server = await world.start('--access-file', access)
    const authorization = `Basic ${btoa('admin1:pw-admin')}`
    await server.ask(
      'PUT',
      '/v1/jobs/guarded',
      { name: 'guarded', command: 'echo' },
      { Authorization: authorization },
    )
    const page = await world.open({ path: '/jobs/guarded' }, server)
    await page.getByRole('heading', { name: 'Sign in to Chronos' }).waitFor()
    await assertAccessible(page)

    await signIn(page, 'viewer1', 'wrong')
    await page.getByText('The user or the password is wrong.').waitFor()
    await signIn(page, 'viewer1', 'pw-viewer')
    await page.getByRole('heading', { name: 'guarded' }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Run now' }).count(), 0)
    await page.getByRole('button', { name: 'Signed in as viewer1' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()

    await signIn(page, 'operator1', 'pw-operator')
    await page.getByRole('button', { name: 'Run now' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Edit' }).count(), 0)
    assert.equal(await page.getByRole('link', { name: 'New job' }).count(), 0)
    await page.goto('/new')
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('sneaky')
    await page.getByRole('button', { name: 'Create the job' }).click()
    await page.getByText('has the role operator', { exact: false }).first().waitFor()
    assertNoProblems(page, [/401/, /403/])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('colours and time zone are chosen and kept', async () => {
  const server = await world.start()
  await server.putJob({ name: 'zoned', command: 'echo', schedule: '0 12 1 1 *', scheduleTimeZone: 'Asia/Tokyo' })
  const page = await world.open({ path: '/jobs/zoned' }, server)
  const next = page.getByRole('list', { name: 'Next times' }).locator('li').first()
  assert.match(await next.innerText(), /04:00$/)
  await page.getByRole('button', { name: 'Time zone' }).click()
  await page.getByRole('menuitemradio', { name: 'UTC' }).click()
  assert.match(await next.innerText(), /03:00$/)
  await page.getByRole('button', { name: 'Time zone' }).click()
  await page.getByRole('menuitemradio', { name: "The job's own", exact: false }).click()
  assert.match(await next.innerText(), /12:00$/)

  await page.getByRole('button', { name: 'Dark colours' }).click()
  await page.reload()
  await page.getByRole('button', { name: 'Light colours' }).waitFor()
  assert.match(await next.innerText(), /12:00$/)
  assertNoProblems(page)
})
