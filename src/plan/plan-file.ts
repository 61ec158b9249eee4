import { z } from 'zod'
import { Failure } from '../model/failure.ts'
import type { Plan } from '../model/plan.ts'

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

const PLACE = z.strictObject({
  id: z.string().min(1),
  consumer: z.string().min(1),
  at: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('file'), path: z.string().startsWith('/') }),
    z.strictObject({ kind: z.literal('url'), url: z.string().regex(/^https?:\/\/[^@]+$/) }),
  ]),
  address: z.string().min(1),
  with: z.array(z.string()).exactOptional(),
})

const USE = z.strictObject({
  operation: z.enum(['git-fetch', 'git-push', 'rest', 'web']),
  repository: z.strictObject({ workspace: z.string(), slug: z.string() }).exactOptional(),
  workspace: z.string().exactOptional(),
  access: z.enum(['read', 'write']).exactOptional(),
  by: z.string(),
  reference: PLACE.exactOptional(),
  followed: z.literal(true).exactOptional(),
})

const STEP = z.strictObject({
  id: z.string().min(1),
  place: PLACE,
  from: z.strictObject({
    digest: z.union([DIGEST, z.literal('absent')]),
    username: z.string().exactOptional(),
    fingerprint: FINGERPRINT.exactOptional(),
    kind: KIND.exactOptional(),
  }),
  to: z.strictObject({
    username: z.union([z.strictObject({ set: z.string().min(1) }), z.literal('keep'), z.literal('remove')]),
    token: z.string().exactOptional(),
    keepSecret: z.literal(true).exactOptional(),
    request: z.string().exactOptional(),
    fingerprint: FINGERPRINT.exactOptional(),
    create: z.strictObject({ like: PLACE }).exactOptional(),
    reference: z.strictObject({ from: z.string().min(1), to: z.string().min(1) }).exactOptional(),
  }),
  uses: z.array(USE),
  reason: z.string(),
  caveat: z.string().exactOptional(),
  order: z.int().exactOptional(),
})

const REQUEST = z.strictObject({
  id: z.string(),
  name: z.string(),
  app: z.literal('Bitbucket'),
  scopes: z.array(z.string()),
  expiresOn: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  owner: z.string().exactOptional(),
  places: z.array(z.string()),
})

const PLAN = z.strictObject({
  schema: z.literal('keyturn/plan/1'),
  id: z.string().regex(/^[0-9a-f]{8}$/),
  createdAt: z.string(),
  sources: z.array(z.string()),
  requests: z.array(REQUEST),
  steps: z.array(STEP),
  kept: z.array(z.strictObject({ place: PLACE, reason: z.string() })),
  manual: z.array(z.strictObject({ place: PLACE, reason: z.string(), wayOut: z.string() })),
})

/** Throws `Failure` R202 that names the field. `at` is where the text came from. */
export function readPlan(text: string, at: string): Plan {
  const parsed = PLAN.safeParse(jsonOf(text, at))
  if (!parsed.success) throw unreadable(at, fieldWords(parsed.error))
  const ids = parsed.data.steps.map((step) => step.id)
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index)
  if (repeated !== undefined) throw unreadable(at, `two steps are called ${repeated}`)
  return parsed.data
}

function jsonOf(text: string, at: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unreadable(at, 'it is not whole JSON')
  }
}

/** Names the field and what was expected there, never what stands there. */
function fieldWords(error: z.ZodError): string {
  const [first] = error.issues
  const field = first?.path.join('.') ?? ''
  return `${field === '' ? 'the document' : `"${field}"`} is not as the format asks (${first?.code ?? 'invalid'})`
}

function unreadable(at: string, because: string): Failure {
  return new Failure('R202', { at, because, state: 'Nothing was changed.', next: ['  keyturn plan PATH -o plan.json'] })
}
