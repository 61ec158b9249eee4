import { createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Connector, Staged } from '../../src/model/consumer.ts'
import type { ReferenceChange } from '../../src/model/credential.ts'
import { Failure } from '../../src/model/failure.ts'
import type { PlaceRef } from '../../src/model/place.ts'
import type { Digest } from '../../src/model/plan.ts'
import type { Context } from '../../src/model/ports.ts'
import { Secret } from '../../src/model/secret.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import { FIXED_IV, readTree, type TemporaryFolder, type Tree, temporaryFolder } from './fixtures.ts'

export interface ConnectorCase {
  readonly name: string
  readonly before: Tree
  readonly after: Tree
  readonly path: string
  readonly address: string
  readonly change: {
    readonly username: { readonly set: string } | 'keep' | 'remove'
    readonly secret: string | 'keep'
    /** Of a place that names credentials and holds none. */
    readonly reference?: ReferenceChange
  }
  /** Bytes that someone else may put before and after the content without changing the place. */
  readonly elsewhere: { readonly before: string; readonly after: string }
}

export interface ConnectorContract {
  readonly consumer: string
  readonly connector: Connector
  readonly cases: readonly ConnectorCase[]
}

const KEY = Buffer.alloc(32, 2)

/** The real disk, keys of this test, and a fixed random source so that encrypted files can be compared. */
export function testContext(
  environment: Readonly<Record<string, string | undefined>> = { PATH: process.env['PATH'] },
): Context {
  return {
    system: {
      ...nodeSystem({ environment }),
      random: { bytes: (count) => new Uint8Array(FIXED_IV.subarray(0, count)) },
    },
    seal: Secret.sealer(KEY),
    digest: (bytes): Digest => `hmac:${createHmac('sha256', KEY).update(bytes).digest('hex')}`,
    logins: [],
  }
}

/** The suite that defines `Connector`, for connectors that write files. */
export function connectorContract({ consumer, connector, cases }: ConnectorContract): void {
  const context = testContext()

  describe.each(cases)('$name', (example) => {
    let folder: TemporaryFolder
    let place: PlaceRef
    let file: string
    beforeEach(() => {
      folder = temporaryFolder(example.before)
      file = join(folder.path, example.path)
      place = { id: 'p1', consumer, at: { kind: 'file', path: file }, address: example.address }
    })
    afterEach(() => folder.remove())

    const next = {
      username: example.change.username,
      secret: example.change.secret === 'keep' ? ('keep' as const) : { set: context.seal(example.change.secret) },
      ...(example.change.reference === undefined ? {} : { reference: example.change.reference }),
    }
    const digestNow = async () => {
      const state = await connector.read(place, context)
      if (state.kind === 'absent') throw new Error('the place is absent')
      return state.digest
    }
    const readAlone = (ref: PlaceRef) => connector.read(ref, context).catch(failureOnly)
    const stagedReplace = async () => staged(await connector.stageReplace(place, await digestNow(), next, context))

    test('staging writes nothing; committing gives exactly the expected files', async () => {
      const step = await stagedReplace()
      expect(readTree(folder.path)).toEqual(example.before)
      const change = await step.commit()
      expect(readTree(folder.path)).toEqual(example.after)
      expect(change).toEqual({ kind: 'changed', now: step.to })
      expect(await digestNow()).toBe(step.to)
    })

    test('the place reads back as it was asked', async () => {
      await (await stagedReplace()).commit()
      const state = await connector.read(place, context)
      if (state.kind === 'absent') throw new Error('the place is absent')
      if (example.change.username === 'remove') expect(state.place.username?.text ?? '').toBe('')
      else if (example.change.username !== 'keep') expect(state.place.username?.text).toBe(example.change.username.set)
      if (example.change.secret !== 'keep')
        expect(state.credential?.secret.equals(context.seal(example.change.secret))).toBe(true)
    })

    test('restoring the backup gives the original bytes, twice as well', async () => {
      const step = await stagedReplace()
      await step.commit()
      for (let round = 0; round < 2; round++) {
        const undo = staged(await connector.stageRestore(place, await digestNow(), step.backup, context))
        await undo.commit()
        expect(readTree(folder.path)).toEqual(example.before)
      }
    })

    test('a place that is not as expected is a conflict, and nothing is written', async () => {
      const stale: Digest = 'hmac:0'
      const found = await digestNow()
      expect(await connector.stageReplace(place, stale, next, context)).toEqual({ kind: 'conflict', found })
      expect(await connector.stageRestore(place, stale, new Uint8Array(), context)).toEqual({ kind: 'conflict', found })
      expect(readTree(folder.path)).toEqual(example.before)
    })

    test('a change elsewhere in the file between staging and committing is kept', async () => {
      const step = await stagedReplace()
      const surround = (bytes: Buffer) => around(bytes, example.elsewhere)
      writeFileSync(file, surround(readFileSync(file)))
      expect(await step.commit()).toEqual({ kind: 'changed', now: step.to })
      const expected = example.after.get(example.path) ?? Buffer.alloc(0)
      expect(readFileSync(file, 'latin1')).toBe(surround(expected).toString('latin1'))
    })

    test('a change of the place between staging and committing is a conflict, and that change is kept', async () => {
      const [mine, theirs] = [await stagedReplace(), await stagedReplace()]
      await theirs.commit()
      expect(await mine.commit()).toEqual({ kind: 'conflict', found: theirs.to })
      expect(readTree(folder.path)).toEqual(example.after)
    })

    test('a file or a place that is gone is absent', async () => {
      const gone: PlaceRef = { ...place, address: `${example.address}#99` }
      expect(await connector.read(gone, context)).toEqual({ kind: 'absent' })
      const nowhere: PlaceRef = { ...place, at: { kind: 'file', path: `${file}.gone` } }
      expect(await connector.read(nowhere, context)).toEqual({ kind: 'absent' })
      const replaced = await connector.stageReplace(gone, await digestNow(), next, context)
      expect(replaced).toEqual({ kind: 'conflict', found: 'absent' })
    })

    test('places that are read together are as they are alone', async (given) => {
      const { readAll } = connector
      if (readAll === undefined) return given.skip('it reads places one by one')
      const gone: PlaceRef = { ...place, id: 'p2', address: `${example.address}#99` }
      const nowhere: PlaceRef = { ...place, id: 'p3', at: { kind: 'file', path: `${file}.gone` } }
      const aFolder: PlaceRef = { ...place, id: 'p4', at: { kind: 'file', path: folder.path } }
      for (const refs of [[place], [gone, place, nowhere], [aFolder, place, gone, place]])
        expect(await readAll(refs, context)).toEqual(await Promise.all(refs.map(readAlone)))
      expect(await readAlone(aFolder)).toBeInstanceOf(Failure)
    })
  })
}

function staged(outcome: Staged | { readonly kind: 'conflict' }): Staged {
  if (outcome.kind === 'conflict') throw new Error('a conflict where none was expected')
  return outcome
}

function failureOnly(error: unknown): Failure {
  if (error instanceof Failure) return error
  throw error
}

/** In front of the content, but behind a byte order mark or an XML declaration. */
function around(bytes: Buffer, elsewhere: ConnectorCase['elsewhere']): Buffer {
  const text = bytes.toString('latin1')
  const head = /^(\xef\xbb\xbf)?(<\?xml[^>]*>)?/.exec(text)?.[0] ?? ''
  return Buffer.from(head + elsewhere.before + text.slice(head.length) + elsewhere.after, 'latin1')
}
