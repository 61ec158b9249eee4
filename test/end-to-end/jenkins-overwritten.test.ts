import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Keyturn } from '../../src/index.ts'
import { NetworkError } from '../../src/model/ports.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import { FIXED_USERNAME, MAY, type Office, OWNER, openOffice, replaceCredential } from './office.ts'

interface Prepared {
  readonly office: Office
  readonly keyturn: Keyturn
  readonly apply: (by?: Keyturn, token?: string) => Promise<string>
}

/** A token that works is replaced by another. */
async function prepared(folder?: string): Promise<Prepared> {
  const office = await openOffice()
  onTestFinished(office.end)
  const { jenkins, url } = office
  const store = folder === undefined ? 'system' : { folder }
  if (folder !== undefined) await jenkins.addFolder(folder)
  await jenkins.addCredential({ store, id: 'bb', username: FIXED_USERNAME, secret: office.newToken() })
  const fullName = folder === undefined ? 'app' : `${folder}/app`
  await jenkins.addFreestyleJob({ fullName, url: url('app'), credentialsId: 'bb' })
  const keyturn = await office.open()
  await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
  const apply = async (by = keyturn, token = 'ci'): Promise<string> => {
    const inventory = await by.scan({ paths: [], askControllers: true })
    return (await by.apply(await by.plan(inventory, { token, replace: true }))).state.run
  }
  return { office, keyturn, apply }
}

/** With another token that works. */
const filledAgain = (office: Office): Promise<void> =>
  replaceCredential(office, { id: 'bb', username: FIXED_USERNAME, secret: office.newToken() })

const SOMEBODY = 'somebody else changed it since'

describe('a credential that holds another token that works than the one that was put there', () => {
  it('is not called verified afterwards', async () => {
    const { office, keyturn, apply } = await prepared()
    const run = await apply()
    const proofOf = async () => (await keyturn.verify(run)).map(({ proof }) => [proof.kind, proof.detail])
    expect(await proofOf()).toEqual([['verified', expect.any(String)]])
    await filledAgain(office)
    expect(await proofOf()).toEqual([['not verifiable here', SOMEBODY]])
    const home = join(office.folder, 'library')
    const { stdout } = await office.run(['--home', home, 'verify', run, '--jenkins', office.jenkins.url])
    // A build would do all that its job does, and prove nothing.
    expect([stdout.includes(SOMEBODY), stdout.includes('--build')]).toEqual([true, false])
  })

  it('is not called verified in the run either, which stops there', async () => {
    const { office, apply } = await prepared()
    await expect(apply(await openFilledBeforeProof(office))).rejects.toMatchObject({
      code: 'R205',
      parts: { because: SOMEBODY },
    })
  })

  it('keeps the run from being forgotten, for its backup is the only copy of what was there', async () => {
    const { office, keyturn, apply } = await prepared()
    const run = await apply()
    await filledAgain(office)
    await expect(keyturn.forget(run)).rejects.toMatchObject({ code: 'R314' })
  })
})

describe('a run whose controller is not named', () => {
  it('is not forgotten, for nobody looked whether the credential is still there; named, it is', async () => {
    const { office, apply } = await prepared()
    const run = await apply()
    const at = ['--jenkins', office.jenkins.url]
    const home = join(office.folder, 'library')
    const type = (...args: readonly string[]) => office.run(['--home', home, ...args])
    const unnamed = await type('forget', run)
    expect([unnamed.exitCode, unnamed.stderr.replace(/\s+/g, ' ')]).toEqual([
      3,
      expect.stringContaining('its controller is not named, so that it was not looked at again'),
    ])
    expect(unnamed.stderr).toContain(`keyturn --home ${home} forget ${run} ${at.join(' ')}\n`)
    expect((await type('forget', run, ...at)).exitCode).toBe(0)
    const { stderr } = await type('rollback', run, ...at)
    expect(stderr).toContain(`keyturn --home ${home} plan ${at.join(' ')} --job JOB --token NAME --replace\n`)
  })
})

describe('a credential that a later run changed', () => {
  it('is what verify and forget tell of the earlier one, by the name of that run', async () => {
    const { office, keyturn, apply } = await prepared()
    const first = await apply()
    await keyturn.addToken({ name: 'ci2', secret: office.newToken(), ...OWNER })
    const second = await apply(keyturn, 'ci2')
    const later = `run ${second} changed it after that`
    expect(await keyturn.verify(first)).toMatchObject([{ proof: { kind: 'not verifiable here', detail: later } }])
    await expect(keyturn.forget(first)).rejects.toMatchObject({
      code: 'R314',
      parts: { because: `it does not hold its new credential any more: ${later}` },
    })
  })
})

describe('a credential that holds what was put there', () => {
  const READER = [MAY.overallRead, MAY.itemRead, MAY.extendedRead, MAY.view, MAY.useItem]
  const kinds = async (keyturn: Keyturn, run: string) => (await keyturn.verify(run)).map(({ proof }) => proof.kind)

  it('is verified by a login that is not shown what is stored', async () => {
    const { office, apply } = await prepared()
    const run = await apply()
    expect(await kinds(await office.open(office.userWith(...READER)), run)).toEqual(['verified'])
  })

  it('is verified by a login that is shown more than the one that put it there', async () => {
    const { office, keyturn, apply } = await prepared('team')
    const lesser = await office.open(office.userWith(...READER, MAY.update))
    const run = await apply(lesser)
    expect(await kinds(keyturn, run)).toEqual(['verified'])
  })
})

describe('a controller that goes away when a change was proved', () => {
  it('is told as what it is, and the run goes on', async () => {
    const { office, keyturn, apply } = await prepared()
    await expect(apply(await openCutAfterProof(office))).rejects.toMatchObject({ code: 'R401' })
    const [open] = await keyturn.runs()
    expect((await keyturn.resume(open?.run ?? '')).exitCode).toBe(0)
  })
})

async function openCutAfterProof(office: Office): Promise<Keyturn> {
  const system = nodeSystem({ environment: { PATH: process.env['PATH'] } })
  let isProving = false
  const send: typeof system.http.send = async (request) => {
    const isQuestion = request.url.endsWith('/checkUrl')
    if (isProving && !isQuestion) throw new NetworkError('timed out', 'no answer after 30 s')
    isProving ||= isQuestion
    return system.http.send(request)
  }
  return office.open(office.admin, { system: { ...system, http: { send } } })
}

/** Between the change, which is read back, and the question that proves it. */
async function openFilledBeforeProof(office: Office): Promise<Keyturn> {
  const system = nodeSystem({ environment: { PATH: process.env['PATH'] } })
  let isDone = false
  const send: typeof system.http.send = async (request) => {
    if (!isDone && request.url.endsWith('/checkUrl')) {
      isDone = true
      await filledAgain(office)
    }
    return system.http.send(request)
  }
  return office.open(office.admin, { system: { ...system, http: { send } } })
}
