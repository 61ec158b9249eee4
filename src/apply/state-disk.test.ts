import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failureOf, type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import { Failure, type FailureParts } from '../model/failure.ts'
import type { Files } from '../model/ports.ts'
import { applyPlan, resumeRun } from './apply-plan.ts'
import type { ApplyDeps } from './deps.ts'
import { forgetRun } from './forget-run.ts'
import { rollbackRun } from './rollback.ts'
import { runStore } from './run-folder.ts'

let memory: MemoryRun
/** What the disk of keyturn's own files refuses: a journal entry of that kind, or any other act by its name. */
let refuses: ReadonlySet<string> = new Set()

beforeEach(async () => {
  memory = await memoryRun(['a', 'b', 'c'])
  refuses = new Set()
})
afterEach(() => memory.end())

const isRefused = (name: string): boolean => refuses.has(name)

function refusal(path: string): Failure {
  return new Failure('R105', {
    at: path,
    because: 'no space is left on the device',
    state: 'Nothing was written.',
    next: ['Make room on the device, then repeat the command.'],
  })
}

function failingFiles(files: Files): Files {
  return {
    ...files,
    append: async (path, bytes, held) => {
      const kinds = [
        ...Buffer.from(bytes)
          .toString()
          .matchAll(/"kind":"([^"]+)"/g),
      ].map(([, kind = '']) => kind)
      if (kinds.some(isRefused)) throw refusal(path)
      return files.append(path, bytes, held)
    },
    create: async (path, bytes) => {
      if (path.endsWith('.age') && isRefused('backup')) throw refusal(path)
      return files.create(path, bytes)
    },
    shred: async (path) => {
      if (path.endsWith('s-b.age') && isRefused('shred')) throw refusal(path)
      return files.shred(path)
    },
    remove: async (path) => {
      if (path.includes('lock') && isRefused('unlock')) throw refusal(path)
      return files.remove(path)
    },
  }
}

function deps(): ApplyDeps {
  const { context } = memory
  const files = failingFiles(context.system.files)
  const plain = { sealBytes: async (clear: Uint8Array) => clear, openBytes: async (sealed: Uint8Array) => sealed }
  return {
    ...memory.deps,
    context: { ...context, system: { ...context.system, files } },
    runs: runStore(memory.folder, files, plain),
  }
}

const plan = () => memory.plan([{ address: 'a' }, { address: 'b' }, { address: 'c' }])
const run = async (): Promise<string> => (await memory.deps.runs.names())[0] ?? ''
const world = () => [...memory.world.values()]

async function partsOf(act: Promise<unknown>): Promise<FailureParts & { readonly code: string }> {
  try {
    await act
  } catch (error) {
    if (error instanceof Failure) return { code: error.code, ...error.parts }
    throw error
  }
  throw new Error('it did not fail')
}

/** After the fault both ways lead where they should. */
async function expectBothWays(): Promise<void> {
  refuses = new Set()
  const name = await run()
  expect((await resumeRun(name, deps())).exitCode).toBe(0)
  expect(world()).toEqual(['new a', 'new b', 'new c'])
  expect((await rollbackRun(name, deps())).exitCode).toBe(0)
  expect(world()).toEqual(['old a', 'old b', 'old c'])
}

describe("keyturn's own disk fails while a plan is applied", () => {
  const PROGRESS: Readonly<Record<string, { readonly state: string; readonly held: readonly string[] }>> = {
    backup: {
      state: '0 of 3 places use their new credential and were proved. This place is unchanged.',
      held: ['old a', 'old b', 'old c'],
    },
    intends: {
      state: '0 of 3 places use their new credential and were proved. This place is unchanged.',
      held: ['old a', 'old b', 'old c'],
    },
    did: {
      state:
        '0 of 3 places use their new credential and were proved. Whether this place was changed is read again when the run continues or is put back.',
      held: ['new a', 'old b', 'old c'],
    },
    verified: {
      state:
        '0 of 3 places use their new credential and were proved. This place holds the new credential; its proof could not be noted.',
      held: ['new a', 'old b', 'old c'],
    },
    ended: {
      state: '3 of 3 places use their new credential and were proved.',
      held: ['new a', 'new b', 'new c'],
    },
  }

  it.each(Object.entries(PROGRESS))(
    'at the entry or file "%s": says what was changed, and the ways on',
    async (at, expected) => {
      refuses = new Set([at])
      const failure = await partsOf(applyPlan(plan(), deps()))
      expect(world()).toEqual(expected.held)
      const name = await run()
      expect(failure).toMatchObject({
        code: 'R105',
        because: 'no space is left on the device',
        state: expected.state,
        next: [
          'Make room on the device, then repeat the command.',
          'Remove the cause, then continue with this step:',
          `  keyturn apply ${name} --resume`,
          ...(expected.held.includes('new a') ? ['or put the places back:', `  keyturn rollback ${name}`] : []),
        ],
      })
      await expectBothWays()
    },
  )

  it('and when a run is continued: what it had done before is not forgotten', async () => {
    memory.answers.set('b', 'no')
    await partsOf(applyPlan(plan(), deps()))
    memory.answers.clear()
    refuses = new Set(['resumed'])
    expect(await partsOf(resumeRun(await run(), deps()))).toMatchObject({
      state: '1 of 3 places use their new credential and were proved. 1 more holds it and is not proved.',
      next: expect.arrayContaining([`  keyturn apply ${await run()} --resume`, `  keyturn rollback ${await run()}`]),
    })
    await expectBothWays()
  })

  it('a refusal of the consumer is said even when the journal cannot take it', async () => {
    memory.answers.set('a', 'no')
    refuses = new Set(['gave up'])
    expect(await partsOf(applyPlan(plan(), deps()))).toMatchObject({
      code: 'R206',
      state:
        '0 of 3 places use their new credential and were proved. This place holds the new credential, which was refused.',
    })
    memory.answers.clear()
    await expectBothWays()
  })
})

describe("keyturn's own disk fails while places are put back", () => {
  it.each([
    ['resumed', '0 of 3', ['new a', 'new b', 'new c']],
    ['intends undo', '0 of 3', ['new a', 'new b', 'new c']],
    ['undid', '0 of 3', ['new a', 'new b', 'old c']],
    ['ended', '3 of 3', ['old a', 'old b', 'old c']],
  ])('at the entry "%s": says how many are back, and how to go on', async (at, count, held) => {
    await applyPlan(plan(), deps())
    refuses = new Set([at])
    const failure = await partsOf(rollbackRun(await run(), deps()))
    expect(world()).toEqual(held)
    expect(failure).toMatchObject({
      code: 'R105',
      state: `${count} changed places hold their old bytes again. The others are read again before they are put back.`,
      next: [
        'Make room on the device, then repeat the command.',
        'Then put the rest back:',
        `  keyturn rollback ${await run()}`,
      ],
    })
    refuses = new Set()
    await rollbackRun(await run(), deps())
    expect(world()).toEqual(['old a', 'old b', 'old c'])
  })
})

describe("keyturn's own disk is full", () => {
  const reserveOf = async (name: string) => memory.context.system.files.entry(`${memory.folder}/runs/${name}/reserve`)

  /** Nothing can be written until room is made; the reserve of the run is all that can be given up. */
  function onFullDisk(): ApplyDeps {
    const { context } = memory
    const { files } = context.system
    let isFull = true
    const unlessFull =
      <Given extends readonly [string, ...unknown[]], Result>(act: (...given: Given) => Promise<Result>) =>
      async (...given: Given): Promise<Result> => {
        if (isFull) throw refusal(given[0])
        return act(...given)
      }
    const full: Files = {
      ...files,
      append: unlessFull(files.append),
      create: unlessFull(files.create),
      replace: unlessFull(files.replace),
      remove: async (path) => {
        await files.remove(path)
        if (path.endsWith('/reserve')) isFull = false
      },
    }
    const plain = { sealBytes: async (clear: Uint8Array) => clear, openBytes: async (sealed: Uint8Array) => sealed }
    const system = { ...context.system, files: full }
    return { ...memory.deps, context: { ...context, system }, runs: runStore(memory.folder, full, plain) }
  }

  it('when a run is to be put back: the run has set aside what that takes', async () => {
    await applyPlan(plan(), deps())
    expect((await reserveOf(await run()))?.size).toBeGreaterThan(3 * 1024)
    expect((await rollbackRun(await run(), onFullDisk())).exitCode).toBe(0)
    expect(world()).toEqual(['old a', 'old b', 'old c'])
    expect(await reserveOf(await run())).toBeUndefined()
  })

  it('of files, with room left: the run has set some aside, too', async () => {
    await applyPlan(plan(), deps())
    const { context } = memory
    const { files } = context.system
    let free = 0
    /** Written beside its name first, and linked there. */
    const ifFree = (path: string): void => {
      if (free < 2) throw refusal(path)
    }
    const full: Files = {
      ...files,
      create: async (path, bytes) => {
        ifFree(path)
        const isMade = await files.create(path, bytes)
        free -= isMade ? 1 : 0
        return isMade
      },
      replace: async (path, ...rest) => {
        ifFree(path)
        return files.replace(path, ...rest)
      },
      remove: async (path) => {
        free += (await files.entry(path)) === undefined ? 0 : 1
        await files.remove(path)
      },
    }
    const plain = { sealBytes: async (clear: Uint8Array) => clear, openBytes: async (sealed: Uint8Array) => sealed }
    const onFull = { ...context, system: { ...context.system, files: full } }
    const ended = await rollbackRun(await run(), {
      ...memory.deps,
      context: onFull,
      runs: runStore(memory.folder, full, plain),
    })
    expect(ended.exitCode).toBe(0)
    expect(world()).toEqual(['old a', 'old b', 'old c'])
    expect(free).toBe(4)
  })

  it('when a run would begin: nothing is changed', async () => {
    const { files } = memory.context.system
    const create: Files['create'] = async (path, bytes) =>
      path.endsWith('/reserve') ? Promise.reject(refusal(path)) : files.create(path, bytes)
    const plain = { sealBytes: async (clear: Uint8Array) => clear, openBytes: async (sealed: Uint8Array) => sealed }
    const runs = runStore(memory.folder, { ...files, create }, plain)
    expect(await partsOf(applyPlan(plan(), { ...memory.deps, runs }))).toMatchObject({ code: 'R105' })
    expect(world()).toEqual(['old a', 'old b', 'old c'])
  })

  it('what is set aside stays for the rest when one place is put back, and goes with the backups', async () => {
    await applyPlan(plan(), deps())
    await rollbackRun(await run(), deps(), { only: 'a' })
    expect(await reserveOf(await run())).toBeDefined()
    await forgetRun(await run(), deps())
    expect(await reserveOf(await run())).toBeUndefined()
  })

  it.each<[string, (name: string) => Promise<unknown>]>([
    ['a rollback of a place that the run does not have', (name) => rollbackRun(name, deps(), { only: 'd' })],
    ['a rollback that the journal cannot take', (name) => rollbackRun(name, deps())],
    ['a run that cannot be forgotten yet', (name) => forgetRun(name, deps())],
    ['a run that is forgotten, which the journal cannot take', (name) => forgetRun(name, deps(), { force: true })],
  ])('later on: what is set aside is there all the same after %s', async (_, act) => {
    memory.answers.set('c', 'unknown')
    await applyPlan(plan(), deps())
    refuses = new Set(['resumed', 'forgets'])
    expect(await failureOf(act(await run()))).toMatchObject({ code: expect.stringMatching(/^R(111|105|314)$/) })
    expect((await reserveOf(await run()))?.size).toBeGreaterThan(3 * 1024)
    expect((await rollbackRun(await run(), onFullDisk())).exitCode).toBe(0)
    expect(world()).toEqual(['old a', 'old b', 'old c'])
  })
})

describe("keyturn's own disk fails while a run is forgotten", () => {
  it.each([
    ['forgets', 'Nothing was shredded. Every place can still be put back.', 'Then forget it:'],
    [
      'shred',
      'Some backups may be shredded already, so the run cannot be put back any more. The places keep what they hold.',
      'Then forget the rest:',
    ],
    [
      'forgot',
      'Some backups may be shredded already, so the run cannot be put back any more. The places keep what they hold.',
      'Then forget the rest:',
    ],
  ])('at "%s": says whether the way back is still there', async (at, state, then) => {
    await applyPlan(plan(), deps())
    refuses = new Set([at])
    const name = await run()
    expect(await partsOf(forgetRun(name, deps()))).toMatchObject({
      code: 'R105',
      state,
      next: ['Make room on the device, then repeat the command.', then, `  keyturn forget ${name}`],
    })
    refuses = new Set()
    await forgetRun(name, deps())
    expect((await memory.deps.runs.read(name)).forgotten?.finished).toBe(true)
    expect((await memory.deps.runs.inspect(name)).backups).toEqual([])
  })
})

describe('a lock that cannot be removed', () => {
  it('does not hide why the run stopped', async () => {
    memory.answers.set('b', 'no')
    refuses = new Set(['unlock'])
    expect(await partsOf(applyPlan(plan(), deps()))).toMatchObject({
      code: 'R206',
      state:
        '1 of 3 places use their new credential and were proved. This place holds the new credential, which was refused. The lock could not be removed; it counts no longer than this process runs.',
    })
  })

  it('is said when everything else went well, with where to see what was done', async () => {
    refuses = new Set(['unlock'])
    expect(await partsOf(applyPlan(plan(), deps()))).toMatchObject({
      code: 'R105',
      at: expect.stringMatching(/lock$/),
      state:
        'The command came to its end, and what it did is in the journal of its run. The lock could not be removed; it counts no longer than this process runs.',
      next: expect.arrayContaining(['  keyturn show']),
    })
    expect(world()).toEqual(['new a', 'new b', 'new c'])
  })

  it('holds nobody up: neither a later process, nor this one', async () => {
    refuses = new Set(['unlock'])
    await partsOf(applyPlan(plan(), deps()))
    refuses = new Set()
    expect((await rollbackRun(await run(), deps())).exitCode).toBe(0)
    expect(world()).toEqual(['old a', 'old b', 'old c'])
  })
})
