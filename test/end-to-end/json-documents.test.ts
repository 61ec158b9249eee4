import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALICE, type RoundTripStage, setRoundTripStage } from './round-trip-stage.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
/** Kept on disk by keyturn and never printed. */
const NOT_PRINTED = ['keyturn/vault/1']

const described = readFileSync(join(ROOT, 'docs', 'json.md'), 'utf8')

/** The section of each schema: its text up to the next heading. */
const sections = new Map(
  described
    .split(/^## /m)
    .slice(1)
    .map((section) => [/^`([^`]+)`/.exec(section)?.[1] ?? section.split('\n')[0] ?? '', section] as const),
)

function schemasInCode(): readonly string[] {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'))
  const names = files.flatMap((text) => [...text.matchAll(/'(keyturn\/[a-z-]+\/\d+)'/g)].map((match) => match[1] ?? ''))
  return [...new Set(names)].filter((name) => !NOT_PRINTED.includes(name)).sort()
}

function exampleOf(schema: string): unknown {
  return JSON.parse(/```json\n([\s\S]*?)```/.exec(sections.get(schema) ?? '')?.[1] ?? 'null')
}

/** Names of all fields, at any depth, but for those below `data`, which are named by what they hold. */
function fieldsOf(value: unknown, data: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => fieldsOf(one, data))
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, below]) =>
    data.includes(name)
      ? [name, ...Object.values(below ?? {}).flatMap((one) => fieldsOf(one, data))]
      : [name, ...fieldsOf(below, data)],
  )
}

const DATA = ['answers', 'details', 'environment', 'plugins', 'seals']

describe('docs/json.md', () => {
  it('describes every schema that the code prints, and no other', () => {
    expect([...sections.keys()].filter((name) => name.startsWith('keyturn/')).sort()).toEqual(schemasInCode())
  })

  it.each(schemasInCode())('gives an example of %s', (schema) => {
    expect(exampleOf(schema)).toMatchObject({ schema })
  })
})

describe('the documents that the command line prints', () => {
  let stage: RoundTripStage
  const documents: { readonly schema: string; readonly words: string; readonly document: unknown }[] = []

  beforeAll(async () => {
    stage = await setRoundTripStage('netrc')
    const print = async (args: readonly string[], input?: string): Promise<void> => {
      const { stdout } = await stage.run([...args, '--json'], input)
      const document: { readonly schema: string } = JSON.parse(stdout)
      documents.push({ schema: document.schema, words: args.join(' ').replace(stage.home, 'FOLDER'), document })
    }
    await print(['scan', stage.home])
    const known = join(dirname(stage.home), 'baseline.json')
    await stage.run(['scan', stage.home, '--write-baseline', known])
    const baseline: { readonly schema: string } = JSON.parse(readFileSync(known, 'utf8'))
    documents.push({ schema: baseline.schema, words: 'scan --write-baseline', document: baseline })
    await print(['scan', stage.home, '--baseline', known])
    await print(['plan', stage.home, '--offline'])
    const day = new Date(Date.now() + 100 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
    await print(
      ['token', 'add', 'new', '--email', ALICE.email, '--username', ALICE.username, '--expires', day],
      stage.marks['API_TOKEN'] ?? '',
    )
    await print(['token', 'list'])
    await print(['token', 'check'])
    await print(['plan', stage.home, '-o', 'plan.json'])
    await print(['apply', 'plan.json'])
    await print(['apply', 'plan.json'])
    await print(['verify'])
    await print(['status'])
    await print(['runs'])
    await print(['show'])
    await print(['audit'])
    await print(['doctor', 'https://bitbucket.org/acme/app.git', '--as-home', stage.home])
    await print(['rollback', '--yes'])
    await print(['show'])
    const { runs }: { readonly runs: readonly { readonly run: string }[] } = JSON.parse(
      (await stage.run(['runs', '--json'])).stdout,
    )
    await print(['forget', runs[0]?.run ?? ''])
    await print(['runs'])
    await print(['doctor', '--explain', 'D101'])
    await print(['token', 'remove', 'new'])
  }, 180_000)
  afterAll(() => stage?.end())

  it('hold no field that is not described', () => {
    const undescribed = documents.flatMap(({ schema, words, document }) => {
      const section = `${sections.get(schema)}${sections.get('Shared parts')}`
      const fields = new Set(fieldsOf(document, DATA))
      return [...fields].filter((field) => !section.includes(`\`${field}\``)).map((field) => `${words}: ${field}`)
    })
    expect(undescribed).toEqual([])
  })

  it('are of every schema but those of the sandbox and the demo', () => {
    const printed = [...new Set(documents.map(({ schema }) => schema))].sort()
    expect(printed).toEqual(schemasInCode().filter((name) => !/sandbox|demo/.test(name)))
  })
})
