import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { aMachine, type MadePlace, madeInventory, manyPlaces, ROOT, use } from '../../../test/support/made-inventory.ts'
import { consumers } from '../../consumers/registry.ts'
import type { Inventory } from '../../model/inventory.ts'
import { sarifLog } from './scan-sarif.ts'

/** The schema is published in a package of Microsoft's; nothing else of it is used. */
const SCHEMA = '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'

function schemaText(): string | undefined {
  try {
    return readFileSync(createRequire(import.meta.url).resolve(SCHEMA), 'utf8')
  } catch {
    return undefined
  }
}

const schema = schemaText()
if (schema === undefined) process.stderr.write(`left out: SARIF against its schema, because ${SCHEMA} is missing\n`)

/** It is written in draft 4, of which it uses nothing that a later draft reads otherwise but the name of `id`. */
function errorsOf(log: unknown): unknown {
  const { $schema: _, id: __, ...rules } = JSON.parse(schema ?? '{}')
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false })
  const fits = ajv.compile(rules)
  return fits(JSON.parse(JSON.stringify(log))) ? [] : ajv.errorsText(fits.errors)
}

interface Log {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
    readonly originalUriBaseIds: Readonly<Record<string, { readonly uri: string }>>
    readonly invocations: readonly {
      readonly executionSuccessful: boolean
      readonly toolExecutionNotifications: readonly { readonly descriptor: { readonly id: string } }[]
    }[]
    readonly results: readonly {
      readonly ruleId: string
      readonly ruleIndex: number
      readonly level: string
      readonly message: { readonly text: string }
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string }
          readonly region?: unknown
        }
      }[]
      readonly partialFingerprints: Readonly<Record<string, string>>
      readonly baselineState?: string
    }[]
  }[]
}

function runOf(inventory: Inventory): Log['runs'][number] {
  const log: Log = JSON.parse(JSON.stringify(sarifLog({ inventory }, consumers)))
  const [run] = log.runs
  if (run === undefined) throw new Error('a log has one run')
  return run
}

const resultsOf = (place: MadePlace, rest: Partial<Inventory> = {}): Log['runs'][number]['results'] =>
  runOf(madeInventory([place], rest)).results

describe.skipIf(schema === undefined)('SARIF fits the schema of 2.1.0', () => {
  it.each([
    ['a machine with everything', aMachine()],
    ['nothing', madeInventory([])],
    ['many places', madeInventory(manyPlaces(500))],
    ['hostile names', madeInventory([{ path: 'a b/ü%20\u0001[x](y){0}', secret: 's', username: '{1}\n\u202e' }])],
    ['several sources', madeInventory(manyPlaces(3), { sources: [`${ROOT}/team-0`, `${ROOT}/team-1`] })],
    [
      'a controller',
      {
        ...madeInventory([], { sources: ['https://ci.example.org'] }),
        places: aMachine().places.map((place) => ({
          ...place,
          at: { kind: 'url', url: 'https://ci.example.org/job/ä/' } as const,
        })),
      },
    ],
  ])('%s', (_, inventory) => {
    expect(errorsOf(sarifLog({ inventory }, consumers))).toEqual([])
    expect(
      errorsOf(sarifLog({ inventory, baseline: { file: 'b.json', known: 2, gone: [{ id: 'p1' }] } }, consumers)),
    ).toEqual([])
  })

  it('and the check tells what does not', () => {
    expect(errorsOf({ version: '2.1.0', runs: [{ results: [{}] }] })).toContain('required')
  })
})

describe('a result', () => {
  it('names line, bytes, rule and the path below the source', () => {
    const [result] = resultsOf({
      path: 'a/.netrc',
      secret: 's',
      line: 3,
      username: 'alice',
      uses: [use('rest', 'acme/app')],
    })
    expect(result).toMatchObject({
      ruleId: 'app-password/netrc',
      ruleIndex: 0,
      level: 'error',
      message: { text: 'App password of alice in netrc machine/bitbucket.org. Used for REST acme/app.' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'a/.netrc', uriBaseId: '%SRCROOT%' },
            region: { startLine: 3, byteOffset: 40, byteLength: 36 },
          },
        },
      ],
    })
  })

  it('is recognised by the id of its place, whatever the secret is', () => {
    const fingerprints = ['one', 'two'].map((secret) => resultsOf({ path: '.netrc', secret })[0]?.partialFingerprints)
    expect(fingerprints[0]).toEqual({ 'keyturnPlace/v1': 'p0000000000' })
    expect(fingerprints[1]).toEqual(fingerprints[0])
  })

  it.each([
    ['app-password', undefined, 'error'],
    ['app-password', 'likely', 'warning'],
    ['app-password', 'possible', 'note'],
    ['api-token', undefined, 'warning'],
    ['access-token', 'likely', 'note'],
    ['unknown', undefined, 'note'],
  ] as const)('of the kind %s, confidence %s, is of the level %s', (kind, level, expected) => {
    const confidence = level === undefined ? {} : { confidence: { level, reason: 'a reason' } }
    expect(resultsOf({ path: 'x', secret: 's', kind, ...confidence })[0]?.level).toBe(expected)
  })

  it('holds no text that a viewer takes for a link or a placeholder', () => {
    const [result] = resultsOf({ path: 'x', secret: 's', username: '[a](http://b) {0}' })
    expect(result?.message.text).toContain('\\[a\\](http://b) {{0}}')
  })

  it('of a file with odd letters has a URI', () => {
    const [result] = resultsOf({ path: 'a b/ü#?.env', secret: 's' })
    expect(result?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('a%20b/%C3%BC%23%3F.env')
  })

  it('of a file that was itself named has the whole path', () => {
    const [result] = resultsOf({ path: '.netrc', secret: 's' }, { sources: [`${ROOT}/.netrc`] })
    expect(result?.locations[0]?.physicalLocation.artifactLocation).toEqual({ uri: `file://${ROOT}/.netrc` })
  })
})

describe('a run', () => {
  it('that could not read everything is not successful and says what', () => {
    const [invocation] = runOf(aMachine()).invocations
    expect(invocation).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [{ level: 'error', descriptor: { id: 'undecryptable' } }],
    })
    expect(runOf(madeInventory([])).invocations[0]?.executionSuccessful).toBe(true)
  })

  it('points every result at its rule', () => {
    const run = runOf(madeInventory(manyPlaces(300)))
    const named = run.results.map((result) => run.tool.driver.rules[result.ruleIndex]?.id)
    expect(named).toEqual(run.results.map((result) => result.ruleId))
  })

  it('holds no secret and no keyed hash of one', () => {
    const text = JSON.stringify(sarifLog({ inventory: aMachine() }, consumers))
    for (const place of aMachine().places) expect(text).not.toContain(place.secret?.value?.fingerprint)
    expect(text).not.toContain('the app password of alice')
  })
})
