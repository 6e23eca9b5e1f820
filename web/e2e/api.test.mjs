import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { typesOf } from './openapi.mjs'
import { Server } from './server.mjs'

/** The types of the pages are those of the server. */

const file = join(import.meta.dirname, '../src/api/schema.ts')
const { prettier: style } = JSON.parse(await readFile(join(import.meta.dirname, '../package.json'), 'utf8'))

let server

before(async () => {
  server = await Server.start()
})
after(() => server?.close())

test('the types are as the server describes them', async () => {
  const types = await typesOf(await server.ask('GET', '/openapi.json'), style)
  if (process.env.UPDATE_TYPES === '1') await writeFile(file, types)

  assert.equal(await readFile(file, 'utf8'), types, 'src/api/schema.ts is old; run: npm run types')
})
