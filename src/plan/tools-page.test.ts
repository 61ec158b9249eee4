import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { madePlace, madePlan } from '../../test/support/made-plan.ts'
import { TOOL_SCOPES } from './consumer-scopes.ts'
import { planJsonSchema } from './plan-schema.ts'
import { ACCESS_TOKEN_FOR_BOTH, NO_API_TOKEN, RESOLUTIONS, type Resolution } from './resolutions.ts'
import { BRANCH_SOURCE_FLOOR, VERSION_FLOORS } from './version-floors.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const PAGE = join(ROOT, 'docs', 'tools.md')
const SCHEMA = join(ROOT, 'docs', 'plan.schema.json')

const link = (id: string): string => `[${id}](consumers/${id}.md)`
const short = (scopes: readonly string[]): string =>
  scopes.map((scope) => `\`${scope.replace(':bitbucket', '')}\``).join(' ')

function words(resolution: Resolution): string {
  switch (resolution.kind) {
    case 'swaps':
      return resolution.reason
    case 'one side':
      return `the place gets the username for ${resolution.here === 'git' ? 'git' : 'REST'}; ${resolution.condition.text}: ${resolution.condition.reason}`
    case 'other field':
      return resolution.wayOut
    case 'none':
      return `${resolution.reason}. ${resolution.wayOut}`
  }
}

function page(): string {
  return `# What tools want

How tools sign in to Bitbucket with an API token, from which version on, and with which scopes: what a plan knows beyond the rules of
[bitbucket-authentication.md](bitbucket-authentication.md). Sources of a row stand on the page of the consumer and beside the data in
\`src/plan/\`; \`src/plan/tools-page.test.ts\` holds this page and the data together.

## One credential for git and REST

git takes an API token under a fixed username and REST under the e-mail, so a tool that has one username for both must do something.

| consumer | what it does |
|---|---|
${Object.entries(RESOLUTIONS)
  .map(([id, r]) => `| ${link(id)} | ${words(r)} |`)
  .join('\n')}

Access tokens serve both sides where a tool sends them to git under \`x-token-auth\` and to REST as Bearer: ${[...ACCESS_TOKEN_FOR_BOTH].map(link).join(', ')}. A
token of a workspace or project needs the Premium plan, and one of a repository lists no workspaces.

No API token works at all here:

| consumer | why | the way out |
|---|---|---|
${NO_API_TOKEN.map((n) => `| ${link(n.consumer)} | ${n.reason} | ${n.wayOut} |`).join('\n')}

## Scopes

What a tool needs on REST by its own documentation or code, beyond what was seen of it; the scopes of git go by what is done. Names without
\`:bitbucket\`.

| consumer | scopes | only if |
|---|---|---|
${Object.entries(TOOL_SCOPES)
  .map(
    ([id, t]) =>
      `| ${link(id)} | ${short(t.scopes)} | ${t.optional ? `${short(t.optional.scopes)}: ${t.optional.when}` : ''} |`,
  )
  .join('\n')}

## Versions

| consumer | tool | from | before it | source |
|---|---|---|---|---|
| [jenkins](consumers/jenkins.md) | ${BRANCH_SOURCE_FLOOR.tool} | ${BRANCH_SOURCE_FLOOR.from} | ${BRANCH_SOURCE_FLOOR.below} | ${BRANCH_SOURCE_FLOOR.source} |
${Object.entries(VERSION_FLOORS)
  .map(([id, f]) => `| ${link(id)} | ${f.tool} | ${f.from} | ${f.below} | ${f.source} |`)
  .join('\n')}
`
}

if (process.env['RECORD_PAGES'] !== undefined) {
  writeFileSync(PAGE, page())
  writeFileSync(SCHEMA, planJsonSchema())
}

describe('what the planner knows of tools', () => {
  it('is what docs/tools.md says (RECORD_PAGES=1 writes it)', () => {
    expect(readFileSync(PAGE, 'utf8')).toBe(page())
  })

  it('is about consumers that there are', () => {
    const consumers = new Set(readdirSync(join(ROOT, 'src', 'consumers')))
    const named = [
      ...Object.keys(RESOLUTIONS),
      ...Object.keys(TOOL_SCOPES),
      ...Object.keys(VERSION_FLOORS),
      ...ACCESS_TOKEN_FOR_BOTH,
      ...NO_API_TOKEN.map(({ consumer }) => consumer),
    ]
    expect(named.filter((id) => !consumers.has(id))).toEqual([])
  })

  it('never asks for writing without reading', () => {
    const alone = Object.values(TOOL_SCOPES)
      .map(({ scopes }) => scopes)
      .filter((scopes) =>
        scopes.some((one) => /^(?:write|delete):/.test(one) && !scopes.includes(one.replace(/^\w+/, 'read'))),
      )
    expect(alone).toEqual([])
  })
})

describe('docs/plan.schema.json', () => {
  it('is the format that a plan file is read by (RECORD_PAGES=1 writes it)', () => {
    expect(JSON.parse(readFileSync(SCHEMA, 'utf8'))).toEqual(JSON.parse(planJsonSchema()))
  })

  it('takes a plan, and no plan with a field that it does not know', () => {
    const isPlan = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(SCHEMA, 'utf8')))
    const plan = madePlan([madePlace('a'), madePlace('b', { kind: 'api-token' })])
    expect([isPlan(plan), isPlan({ ...plan, more: 1 }), isPlan({ ...plan, steps: [{}] })]).toEqual([true, false, false])
  })
})
