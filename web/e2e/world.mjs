import { after, afterEach, before } from 'node:test'
import { Browser } from './browser.mjs'
import { Server } from './server.mjs'

/** What the tests of a file have: a browser, servers, and tabs, all of which end by themselves. */
export class World {
  #browser
  #tabs = []
  #own = []

  /** One server with these flags for the whole file, prepared before the first test. */
  static withServer(flags = [], prepare = () => undefined) {
    const world = new World()
    before(async () => {
      world.server = await Server.start(...flags)
      await prepare(world.server)
    })
    after(() => world.server?.close())
    return world
  }

  constructor() {
    before(async () => {
      this.#browser = await Browser.start()
    })
    afterEach(async () => {
      for (const tab of this.#tabs.splice(0)) await tab.context().close()
      for (const server of this.#own.splice(0).reverse()) await server.close()
    })
    after(() => this.#browser?.close())
  }

  /** A server for this test only. */
  async start(...flags) {
    return this.keep(await Server.start(...flags))
  }

  /** Closes something after this test. */
  keep(closable) {
    this.#own.push(closable)
    return closable
  }

  /** A tab at the server of the file, or at another. */
  async open(options, server = this.server) {
    const tab = await this.#browser.open(server, options)
    this.#tabs.push(tab)
    return tab
  }
}
