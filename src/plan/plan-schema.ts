import { z } from 'zod'
import { REST_RESOURCES } from '../model/use.ts'

const DIGEST = z.templateLiteral(['hmac:', z.string().regex(/^[0-9a-f]{64}$/)])
const FINGERPRINT = z.templateLiteral(['#', z.string().regex(/^[0-9a-f]{12}$/)])
const KIND = z.enum([
  'app-password',
  'api-token',
  'access-token',
  'oauth-token',
  'oauth-consumer',
  'account-password',
  'unknown',
])
const STEP_ID = z.string().min(1)

const PLACE = z.strictObject({
  id: z.string().min(1),
  consumer: z.string().min(1),
  at: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('file'), path: z.string().regex(/^\//) }),
    z.strictObject({ kind: z.literal('url'), url: z.string().regex(/^https?:\/\/[^@]+$/) }),
  ]),
  address: z.string().min(1),
  with: z.array(z.string()).exactOptional(),
})

const USE = z.strictObject({
  operation: z.enum(['git-fetch', 'git-push', 'rest', 'web']),
  repository: z.strictObject({ workspace: z.string(), slug: z.string() }).exactOptional(),
  workspace: z.string().exactOptional(),
  access: z.enum(['read', 'write', 'delete']).exactOptional(),
  resource: z.enum(REST_RESOURCES).exactOptional(),
  by: z.string(),
  reference: PLACE.exactOptional(),
  username: z.string().min(1).exactOptional(),
  followed: z.literal(true).exactOptional(),
  doubt: z.enum(['another file', 'another entry']).exactOptional(),
})

const RENAMING = z.strictObject({ from: z.string().min(1), to: z.string().min(1) })

const TO = z.strictObject({
  username: z.union([z.strictObject({ set: z.string().min(1) }), z.literal('keep'), z.literal('remove')]),
  token: z.string().exactOptional(),
  keepSecret: z.literal(true).exactOptional(),
  request: z.string().exactOptional(),
  fingerprint: FINGERPRINT.exactOptional(),
  emailComes: z.literal(true).exactOptional(),
  create: z.strictObject({ like: PLACE }).exactOptional(),
  reference: RENAMING.extend({ also: z.array(RENAMING).min(1).exactOptional() }).exactOptional(),
})

const STEP = z.strictObject({
  id: STEP_ID,
  place: PLACE,
  from: z.strictObject({
    digest: z.union([DIGEST, z.literal('absent')]),
    username: z.string().exactOptional(),
    fingerprint: FINGERPRINT.exactOptional(),
    kind: KIND.exactOptional(),
  }),
  to: TO,
  uses: z.array(USE),
  reason: z.string(),
  alternative: z.string().exactOptional(),
  caveat: z.string().exactOptional(),
  usernames: z.array(z.string().min(1)).exactOptional(),
  wave: z.int().min(1).exactOptional(),
  needs: z.array(STEP_ID).exactOptional(),
  last: z.literal(true).exactOptional(),
})

const REQUEST = z.strictObject({
  id: z.string(),
  name: z.string(),
  app: z.literal('Bitbucket'),
  scopes: z.array(z.string()),
  optional: z.array(z.strictObject({ scopes: z.array(z.string()), when: z.string() })).exactOptional(),
  expiresOn: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  owner: z.string().exactOptional(),
  places: z.array(z.string()),
  keepAs: z.string().exactOptional(),
})

const CONDITION = z.strictObject({
  id: z.string(),
  text: z.string(),
  reason: z.string(),
  wayOut: z.string(),
  steps: z.array(STEP_ID),
})

const RETIREMENT = z.strictObject({
  fingerprint: FINGERPRINT,
  kind: KIND,
  owner: z.string().exactOptional(),
  places: z.array(z.string()),
  steps: z.array(STEP_ID).exactOptional(),
  still: z.array(z.string()),
  wayOut: z.string(),
})

/** The format of a plan file. `docs/plan.schema.json` is made of it; a test holds the two together. */
export const PLAN = z.strictObject({
  schema: z.literal('keyturn/plan/1'),
  id: z.string().regex(/^[0-9a-f]{8}$/),
  createdAt: z.string(),
  sources: z.array(z.string()),
  requests: z.array(REQUEST),
  steps: z.array(STEP),
  kept: z.array(z.strictObject({ place: PLACE, reason: z.string() })),
  manual: z.array(z.strictObject({ place: PLACE, reason: z.string(), wayOut: z.string() })),
  conditions: z.array(CONDITION).exactOptional(),
  retire: z.array(RETIREMENT).exactOptional(),
  seals: z.record(STEP_ID, z.string().regex(/^[0-9a-f]+$/)).exactOptional(),
})

/** JSON Schema (2020-12) of a plan file, as text with a line feed at the end. */
export function planJsonSchema(): string {
  return `${JSON.stringify({ title: 'Plan of keyturn', ...z.toJSONSchema(PLAN) }, undefined, 2)}\n`
}
