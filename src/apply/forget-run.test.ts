import { readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failureOf, type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import { apiToken } from '../../test/support/synthetic-secrets.ts'
import { Failure } from '../model/failure.ts'
import { applyPlan, resumeRun } from './apply-plan.ts'
import { auditRun } from './audit-run.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { forgetRun } from './forget-run.ts'
import { rollbackRun } from './rollback.ts'

let run: MemoryRun

beforeEach(async () => {
  run = await memoryRun(['a', 'b'])
})
afterEach(() => run.end())

const plan = () => run.plan([{ address: 'a' }, { address: 'b' }])
/** As a place of a file: what controllers show is not compared. */
const inFile = (address: string) => ({
  address,
  place: { id: `p-${address}`, consumer: 'netrc', at: { kind: 'file', path: `/x/${address}` }, address } as const,
})
const backups = async (name: string): Promise<readonly string[]> => readdir(join(run.folder, 'runs', name, 'backups'))

describe('forgetting a run', () => {
  it('shreds the backups when every place is verified; the journal keeps that, and it cannot be put back any more', async () => {
    const { state } = await applyPlan(plan(), run.deps)
    expect(await backups(state.run)).toEqual(['s-a.age', 's-b.age'])
    const { shredded, state: after } = await forgetRun(state.run, run.deps)
    expect([shredded, after.outcome, after.forgotten]).toEqual([
      2,
      'applied',
      { at: '2026-11-23T09:00:00.000Z', finished: true, forced: false },
    ])
    expect(await backups(state.run)).toEqual([])
    expect(await failureOf(rollbackRun(state.run, run.deps))).toMatchObject({
      code: 'R313',
      because: 'it was forgotten on 2026-11-23: its backups were shredded, and the old bytes are nowhere else',
    })
    expect(run.world.get('a')).toBe('new a')
    expect((await auditRun(state.run, run.deps)).verdict).toBe('OK')
  })

  it('that was put back before leaves nothing to put back, and says so instead of missing its backups', async () => {
    const { state } = await applyPlan(plan(), run.deps)
    await rollbackRun(state.run, run.deps)
    const { state: forgotten } = await forgetRun(state.run, run.deps)
    const again = await rollbackRun(state.run, run.deps)
    expect([again.exitCode, again.restored, again.left, again.state.outcome]).toEqual([0, [], [], 'rolled back'])
    expect(again.state.forgotten).toEqual(forgotten.forgotten)
    expect((await auditRun(state.run, run.deps)).verdict).toBe('OK')
  })

  it('that was put back in part before leaves the rest as it is, and says why', async () => {
    const { state } = await applyPlan(plan(), run.deps)
    await rollbackRun(state.run, run.deps, { only: 'b' })
    await forgetRun(state.run, run.deps)
    expect(await failureOf(rollbackRun(state.run, run.deps))).toMatchObject({ code: 'R313' })
    expect((await rollbackRun(state.run, run.deps, { only: 'b' })).exitCode).toBe(0)
    expect([...run.world.values()]).toEqual(['new a', 'old b'])
  })

  it('does not say that it is done while a backup is a link, which leads to bytes that stay', async () => {
    const { state } = await applyPlan(plan(), run.deps)
    const path = join(run.folder, 'runs', state.run, 'backups', 's-a.age')
    await rename(path, join(run.folder, 'elsewhere'))
    await symlink(join(run.folder, 'elsewhere'), path)
    expect(await failureOf(forgetRun(state.run, run.deps))).toMatchObject({ because: 'not a regular file' })
    expect(await backups(state.run)).toEqual(['s-a.age'])
    await rm(path)
    const { state: after } = await forgetRun(state.run, run.deps)
    expect(after.forgotten?.finished).toBe(true)
  })

  it('asks once more about a place that was not proved, and is refused while it is not', async () => {
    run.answers.set('b', 'unknown')
    const { state } = await applyPlan(plan(), run.deps)
    expect(await failureOf(forgetRun(state.run, run.deps))).toMatchObject({
      code: 'R314',
      exitCode: 3,
      because: 'its new credential is not proved: git ls-remote through b: 401',
      state: 'Nothing was shredded: every backup is kept.',
    })
    expect(await backups(state.run)).toHaveLength(2)
    run.answers.delete('b')
    expect((await forgetRun(state.run, run.deps)).shredded).toBe(2)
    // The proof came after the end of the run, and opens nothing again: an open run bars its places.
    expect((await run.deps.runs.read(state.run)).outcome).toBe('applied')
  })

  it.each([
    [
      'written by another program',
      (world: Map<string, string>) => world.set('a', 'by hand'),
      'another program wrote it',
    ],
    ['removed', (world: Map<string, string>) => world.delete('a'), 'the place is not there any more'],
    ['written back by git', (world: Map<string, string>) => world.set('a', 'old a'), 'its old bytes were written back'],
  ])('is refused when a place that was proved has been %s since', async (_, act, words) => {
    const { state } = await applyPlan(run.plan([inFile('a'), inFile('b')]), run.deps)
    act(run.world)
    expect(await failureOf(forgetRun(state.run, run.deps))).toMatchObject({
      code: 'R314',
      because: expect.stringContaining(`it does not hold its new credential any more: ${words}`),
    })
    expect(await backups(state.run)).toHaveLength(2)
    expect((await forgetRun(state.run, run.deps, { force: true })).shredded).toBe(2)
  })

  it('says of a place that cannot be read that nothing tells, and not that it was changed', async () => {
    const { state } = await applyPlan(run.plan([inFile('a'), inFile('b')]), run.deps)
    const hands: ApplyDeps['hands'] = (consumer) => ({
      ...run.deps.hands(consumer),
      connector: {
        ...connectorOf(run.deps, consumer),
        read: () => Promise.reject(new Failure('R102', { at: '/x/a', because: 'permission denied' })),
      },
    })
    expect(await failureOf(forgetRun(state.run, { ...run.deps, hands }))).toMatchObject({
      code: 'R314',
      because: 'whether it still holds what was written could not be read: R102 permission denied (and 1 more)',
    })
  })

  it('is refused when plan.json names fewer places than were changed, and so is a rollback, which would pass over them', async () => {
    const { state } = await applyPlan(plan(), run.deps)
    const path = join(run.folder, 'runs', state.run, 'plan.json')
    const whole = await readFile(path, 'utf8')
    const { steps, ...rest } = JSON.parse(whole)
    await writeFile(path, JSON.stringify({ ...rest, steps: steps.slice(0, 1) }))
    expect(await failureOf(forgetRun(state.run, run.deps))).toMatchObject({ code: 'R312' })
    expect(await backups(state.run)).toHaveLength(2)
    expect(await failureOf(rollbackRun(state.run, run.deps))).toMatchObject({
      code: 'R312',
      because: expect.stringContaining('not the plan that the run began with'),
      state: 'Nothing was changed by this command. The backups of the run are kept.',
    })
    expect([...run.world.values()]).toEqual(['new a', 'new b'])
    await writeFile(path, whole)
    expect((await rollbackRun(state.run, run.deps)).exitCode).toBe(0)
    expect([...run.world.values()]).toEqual(['old a', 'old b'])
  })

  it('is refused for a run that stopped half way, and when it is forced the run cannot go on', async () => {
    run.answers.set('a', 'no')
    await failureOf(applyPlan(plan(), run.deps))
    const name = (await run.deps.runs.names())[0] ?? ''
    expect(await failureOf(forgetRun(name, run.deps))).toMatchObject({
      code: 'R314',
      because: 'its new credential was refused: git ls-remote through a: 401 (and 1 more)',
    })
    const { state } = await forgetRun(name, run.deps, { force: true })
    expect(state.forgotten).toMatchObject({ finished: true, forced: true })
    expect(await failureOf(resumeRun(name, run.deps))).toMatchObject({ code: 'R315' })
  })

  it.each([
    ['to its end', async (name: string) => void (await forgetRun(name, run.deps, { force: true }))],
    [
      'and was cut short by a crash',
      async (name: string) => {
        const cut = { ...run.deps, runs: { ...run.deps.runs, shredBackups: () => Promise.reject(new Error('power')) } }
        await forgetRun(name, cut, { force: true }).catch(() => undefined)
      },
    ],
  ])('by force %s ends an open run, so that other plans may have its places', async (_, forget) => {
    run.answers.set('a', 'no')
    await failureOf(applyPlan(plan(), run.deps))
    const name = (await run.deps.runs.names())[0] ?? ''
    expect((await run.deps.runs.read(name)).outcome).toBe('open')
    await forget(name)
    expect((await run.deps.runs.read(name)).outcome).toBe('stopped')
    run.answers.clear()
    const { state } = await applyPlan({ ...plan(), id: 'plan5678' }, run.deps)
    expect([state.outcome, [...run.world.values()]]).toEqual(['applied', ['new a', 'new b']])
  })

  it('of a run that was put back needs no proof, and again does nothing', async () => {
    const { state } = await applyPlan(plan(), run.deps)
    await rollbackRun(state.run, run.deps)
    expect((await forgetRun(state.run, run.deps)).shredded).toBe(2)
    const journal = join(run.folder, 'runs', state.run, 'journal')
    const before = await readFile(journal)
    expect((await forgetRun(state.run, run.deps)).shredded).toBe(0)
    expect(await readFile(journal)).toEqual(before)
  })

  it('of places of files needs no force when each holds what the run wrote', async () => {
    const { state } = await applyPlan(run.plan([inFile('a'), inFile('b')]), run.deps)
    expect((await forgetRun(state.run, run.deps)).shredded).toBe(2)
  })

  it('is refused when somebody changed a place of a controller since, which is asked where it is named', async () => {
    const { state } = await applyPlan(run.plan([{ address: 'a' }, inFile('b')]), run.deps)
    run.world.set('a', 'by hand')
    const { context } = run.deps
    const logins = [{ baseUrl: 'https://ci.example.org', user: 'admin', apiToken: context.seal(apiToken()) }]
    expect(await failureOf(forgetRun(state.run, { ...run.deps, context: { ...context, logins } }))).toMatchObject({
      code: 'R314',
      because: 'it does not hold its new credential any more: somebody else changed it since',
    })
    run.world.set('a', 'new a')
    const { state: after } = await forgetRun(state.run, { ...run.deps, context: { ...context, logins } })
    expect(after.forgotten?.finished).toBe(true)
  })

  it('sends nothing of what stands in a place that was not proved and that another program wrote since', async () => {
    run.answers.set('b', 'unknown')
    const { state } = await applyPlan(run.plan([inFile('a'), inFile('b')]), run.deps)
    run.answers.clear()
    run.world.set('b', 'theirs')
    const asked: string[] = []
    const hands: ApplyDeps['hands'] = (consumer) => {
      const { verifier, ...rest } = run.deps.hands(consumer)
      if (verifier === undefined) return rest
      const verify: typeof verifier.verify = (place, ...given) => {
        asked.push(place.address)
        return verifier.verify(place, ...given)
      }
      return { ...rest, verifier: { verify } }
    }
    expect(await failureOf(forgetRun(state.run, { ...run.deps, hands }))).toMatchObject({
      code: 'R314',
      because: 'its new credential is not proved: another program wrote it after it was changed',
    })
    expect(asked).toEqual([])
  })

  describe('of which a place', () => {
    const stopped = async (): Promise<string> => {
      const canary = { after: 1, goOn: async () => false }
      return (await applyPlan(plan(), run.deps, { canary })).state.run
    }

    it('was not changed yet is refused', async () => {
      expect(await failureOf(forgetRun(await stopped(), run.deps))).toMatchObject({ because: 'it was not changed yet' })
    })

    it('was not changed yet holds nothing up when the others were put back as far as that goes', async () => {
      const name = await stopped()
      run.world.set('a', 'theirs')
      expect((await rollbackRun(name, run.deps)).exitCode).toBe(4)
      const because = 'it does not hold its new credential any more: somebody else changed it since'
      expect(await failureOf(forgetRun(name, run.deps))).toMatchObject({ because })
      expect((await forgetRun(name, run.deps, { force: true })).shredded).toBe(1)
    })

    it('may have been changed is refused, for its backup may be needed', async () => {
      run.beforeCommit = () => Promise.reject(new Failure('R401', { because: 'it does not answer' }))
      await failureOf(applyPlan(run.plan([{ address: 'a' }]), run.deps))
      const [name = ''] = await run.deps.runs.names()
      expect(await failureOf(forgetRun(name, run.deps))).toMatchObject({
        because: 'whether it was changed is not known; the run has to be continued or put back',
      })
    })
  })

  it('by force needs neither the plan that the run began with nor its key', async () => {
    const { state } = await applyPlan(plan(), run.deps)
    const path = join(run.folder, 'runs', state.run, 'plan.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('job x', 'job y'))
    const { context } = run.deps
    const other = { ...context, digest: (bytes: Uint8Array) => `${context.digest(bytes)}00` as const }
    expect((await forgetRun(state.run, { ...run.deps, context: other }, { force: true })).shredded).toBe(2)
  })

  it('whose places are on a controller that is not named says how to name it', async () => {
    run.answers.set('b', 'unknown')
    const { state } = await applyPlan({ ...plan(), sources: ['https://ci.example.org/a b'] }, run.deps)
    const needed: unknown = await forgetRun(state.run, run.deps).catch((error: unknown) => error)
    expect(needed).toMatchObject({
      code: 'R314',
      parts: {
        next: [
          'Name the controller, so that it can be asked:',
          `  keyturn forget ${state.run} --jenkins 'https://ci.example.org/a b'`,
          `  keyturn show ${state.run}`,
          'To give up the way back all the same:',
          `  keyturn forget ${state.run} --force`,
        ],
      },
    })
  })

  it('that a crash cut short is made up for, and in between nothing can be put back', async () => {
    run.answers.set('a', 'unknown')
    const { state } = await applyPlan(plan(), run.deps)
    const crash = new Error('the power went')
    const cut = { ...run.deps, runs: { ...run.deps.runs, shredBackups: () => Promise.reject(crash) } }
    await expect(forgetRun(state.run, cut, { force: true })).rejects.toBe(crash)
    expect(await failureOf(rollbackRun(state.run, run.deps))).toMatchObject({ code: 'R313' })
    await writeFile(join(run.folder, 'runs', state.run, 'backups', 's-a.age'), 'overwritten')
    expect(await auditRun(state.run, run.deps)).toMatchObject({
      verdict: 'OK',
      notes: [expect.stringContaining('not to the end: repeat "keyturn forget"')],
    })
    // Nothing has to be proved, or forced, again: some of the backups may be gone.
    expect((await forgetRun(state.run, run.deps)).state.forgotten).toMatchObject({ finished: true })
  })
})
