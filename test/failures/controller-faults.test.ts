import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Failure } from '../../src/model/failure.ts'
import { type HttpReply, NetworkError } from '../../src/model/ports.ts'
import {
  closeJenkinsWorld,
  different,
  filesOfController,
  heldBy,
  type JenkinsWorld,
  liveWith,
  mixed,
  openJenkinsWorld,
} from '../crash/jenkins-crashes.ts'
import { goBack, goOn } from '../crash/judge.ts'
import type { Tree } from '../crash/simulated-disk.ts'

vi.mock('node:fs/promises', () => import('../crash/disk-calls.ts'))
vi.mock('../../src/system/read-regular.ts', () => import('../crash/disk-calls.ts'))

let world: JenkinsWorld
let folder = ''
/** The disk of keyturn when the faulty run had ended. */
let tree: Tree = new Map()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-controller-'))
  world = await openJenkinsWorld(0, 'faults', { folder, repository: resolve(import.meta.dirname, '..', '..') })
})
afterAll(async () => {
  await closeJenkinsWorld(world)
  rmSync(folder, { recursive: true, force: true })
})

const page = (status: number, text: string): HttpReply => ({
  status,
  headers: { 'content-type': 'text/html;charset=utf-8' },
  body: Buffer.from(`<html><head><title>${text}</title></head><body>${text}</body></html>`),
})

/** What comes in place of an answer; `after`: the controller has done what it was asked. */
const FAULTS: Readonly<Record<string, { readonly answer: HttpReply | 'cut'; readonly after?: true }>> = {
  'restarting (503)': { answer: page(503, 'Starting Jenkins') },
  '401': { answer: page(401, 'Unauthorized') },
  '403': { answer: page(403, 'Forbidden') },
  '404': { answer: page(404, 'Not Found') },
  '409': { answer: page(409, 'Conflict') },
  '500': { answer: page(500, 'Oops!') },
  '500 after the work was done': { answer: page(500, 'Oops!'), after: true },
  'a page of a proxy with status 200': { answer: page(200, 'Sign in to continue') },
  'the network cut before the request': { answer: 'cut' },
  'the network cut before the answer': { answer: 'cut', after: true },
}

/** From the request of this number on, all are answered like that, as long as the fault lasts. */
async function broken(name: string, from: number): Promise<Failure | undefined> {
  const { answer, after } = FAULTS[name] ?? { answer: 'cut' }
  let asked = 0
  let failure: Failure | undefined
  const { disk } = await liveWith(world, world.start, {
    act: async (keyturn) => {
      try {
        await goOn(keyturn, world)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        failure = error
      }
    },
    send: async (request, send) => {
      if (asked++ < from) return send(request)
      if (after && asked === from + 1) await send(request)
      if (answer === 'cut') throw new NetworkError('other', 'the connection was closed')
      return answer
    },
  })
  tree = new Map(disk.tree)
  return failure
}

describe('a controller that fails in the middle', () => {
  const moments = [0, 9, 18, 22, 24, 27]
  const cases = Object.keys(FAULTS).flatMap((name) => moments.map((from) => ({ name, from })))
  it.each(cases)(
    '$name, from request $from on: five parts, whole credentials, and both ways on',
    async ({ name, from }) => {
      const failure = await broken(name, from)
      if (failure !== undefined) {
        expect(failure.code).toMatch(/^R[234]/)
        expect(failure.parts).toMatchObject({
          at: expect.stringMatching(/./),
          because: expect.stringMatching(/./),
          state: expect.stringMatching(/\.$/),
          next: expect.arrayContaining([expect.stringMatching(/^ {2}keyturn /)]),
        })
        expect(JSON.stringify(failure.parts)).not.toContain('<html>')
      }
      expect(mixed(world, await heldBy(world))).toEqual([])
      const { disk } = await liveWith(world, tree, { act: (keyturn) => goOn(keyturn, world) })
      expect(different(world.after, await heldBy(world))).toEqual([])
      await liveWith(world, disk.tree, { act: async (keyturn) => void (await goBack(keyturn)) })
      expect(different(world.files, filesOfController(world.jenkins))).toEqual([])
    },
  )
})
