import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary, freePort, Server } from './server.mjs'

/** A program beside the servers, in a folder that goes with it. */
class Program {
  static async start(command, flagsIn, isReady) {
    const program = new Program()
    program.folder = await mkdtemp(join(tmpdir(), 'chronos-e2e-'))
    program.process = spawn(command, flagsIn(program.folder), { cwd: program.folder, stdio: 'ignore' })
    const failed = new Promise((_, reject) => {
      program.process.once('error', reject)
      program.process.once('exit', (code) => reject(new Error(`${command} ended with ${code}.`)))
    })
    failed.catch(() => undefined) // it also ends when it is meant to
    await Promise.race([new Server().until(isReady), failed])
    return program
  }

  async close() {
    const gone = new Promise((resolve) => this.process.once('exit', resolve))
    if (this.process.exitCode === null && this.process.kill('SIGTERM')) await gone
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10 })
  }
}

function answers(url) {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  )
}

/** etcd, and so many servers that share it. */
export async function startNodes(world, count) {
  const [clients, peers] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${clients}`
  world.keep(
    await Program.start(
      'etcd',
      (folder) => [
        ...['--data-dir', join(folder, 'etcd'), '--listen-client-urls', url, '--advertise-client-urls', url],
        ...['--listen-peer-urls', `http://127.0.0.1:${peers}`, '--log-level', 'error'],
      ],
      () => answers(`${url}/health`),
    ),
  )
  const nodes = []
  for (let i = 0; i < count; i++) {
    nodes.push(await world.start('--state', `etcd://127.0.0.1:${clients}/chronos`, '--lease', '5s'))
  }
  return nodes
}

/** A simulated Mesos with two agents that only play tasks; gives its address. */
export async function startMesos(world) {
  const port = await freePort()
  world.keep(
    await Program.start(
      binary,
      () => ['dev', 'mesos', '--port', String(port), '--agents', '2', '--pretend'],
      () => answers(`http://127.0.0.1:${port}/health`),
    ),
  )
  return `127.0.0.1:${port}`
}
