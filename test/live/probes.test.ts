import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consult } from '../../src/cli/commands/doctor.ts'
import { MOST_REQUESTS } from '../../src/diagnose/probes/run-probes.ts'
import { type Consultation, openKeyturn } from '../../src/index.ts'
import type { Http, HttpReply, HttpRequest, System } from '../../src/model/ports.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import type { Case } from './causes.ts'
import type { OwnWorldCause } from './rest-causes.ts'
import { SITE, startWorld, type World } from './stage.ts'
import { askDoctor, type Visit } from './visit.ts'

/** As far as a doctor's visit goes: the cases of every list in this folder, whatever else they are for. */
interface Visited {
  readonly letter: string
  readonly cause: string
  readonly switches?: OwnWorldCause['switches']
  readonly ownWorld: boolean
  readonly arrange: (world: World, name: string) => Promise<Partial<Case> & { readonly run?: () => Promise<unknown> }>
}

const CASES = (
  await Promise.all(
    readdirSync(import.meta.dirname)
      .filter(isList)
      .map(casesIn),
  )
).flat()

function isList(name: string): boolean {
  return name.endsWith('causes.ts')
}

async function casesIn(file: string): Promise<readonly Visited[]> {
  const exported: Readonly<Record<string, unknown>> = await import(join(import.meta.dirname, file))
  return Object.entries(exported).flatMap(([name, value]) =>
    Array.isArray(value)
      ? value.filter(isVisited).map((one) => ({ ...one, ownWorld: name.endsWith('OF_THEIR_OWN') }))
      : [],
  )
}

function isVisited(value: unknown): value is Omit<Visited, 'ownWorld'> {
  return typeof value === 'object' && value !== null && 'letter' in value && 'arrange' in value
}

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe.concurrent('a visit of the doctor asks little, changes nothing, and gives a credential to nobody else', () => {
  test.each(CASES)('($letter) $cause', async (one) => {
    const own = one.ownWorld ? await startWorld(one.switches) : world
    try {
      expect(await faultsOf(one, own)).toEqual([])
    } finally {
      if (own !== world) await own.stop()
    }
  })
})

async function faultsOf({ letter, arrange }: Visited, among: World): Promise<readonly string[]> {
  const arranged = await arrange(among, `probes-${letter.replaceAll(' ', '-')}`)
  try {
    await (arranged.run ?? arranged.command)?.()
    if (arranged.visit === undefined) return []
    const wire = new Wire()
    await visit(arranged.visit, wire)
    return wire.faults(controllerOf(arranged.visit))
  } finally {
    await arranged.stop?.()
  }
}

describe('of a healthy credential', () => {
  test('the sandbox records what was counted, and no more', async () => {
    const { sandbox } = world
    const one = CASES.find(({ cause }) => cause === 'everything is right')
    const { visit: asked } = (await one?.arrange(world, 'healthy')) ?? {}
    if (asked === undefined) throw new Error('there is no healthy case')
    const wire = new Wire()
    await visit(asked, wire)
    const before = sandbox.requests.at(-1)?.number ?? 0
    await askDoctor(asked)
    const recorded = sandbox.requests.filter(({ number }) => number > before)
    expect(recorded.map(({ method, host, path }) => `${method} https://${host}${path}`)).toEqual(wire.lines)
    expect(wire.lines).toEqual([
      'GET https://bitbucket.org/acme/app.git/info/refs?service=git-upload-pack',
      'GET https://bitbucket.org/acme/app.git/info/refs?service=git-upload-pack',
    ])
  })
})

describe('of a redirect to another host', () => {
  test.each(['a', 'R10', 'g1'])('nobody follows it: case %s', async (letter) => {
    const elsewhere = { status: 302, headers: { location: 'https://example.net/steal' }, body: new Uint8Array() }
    const one = CASES.find((each) => each.letter === letter)
    const { visit: asked } = (await one?.arrange(world, `redirected-${letter}`)) ?? {}
    if (asked === undefined) throw new Error(`there is no case ${letter}`)
    const wire = new Wire(elsewhere)
    const { diagnoses } = await visit(asked, wire)
    expect(wire.faults(undefined)).toEqual([])
    expect(wire.lines).not.toEqual([])
    expect(diagnoses.map(({ code }) => code)).not.toContain('D100')
  })
})

interface Sent {
  readonly request: HttpRequest
  readonly status: number
}

/** Everything that a visit sends, and what came back. */
class Wire {
  readonly #sent: Sent[] = []
  readonly #always: HttpReply | undefined

  constructor(always?: HttpReply) {
    this.#always = always
  }

  around(http: Http): Http {
    return {
      send: async (request) => {
        const reply = this.#always ?? (await http.send(request))
        this.#sent.push({ request, status: reply.status })
        return reply
      },
    }
  }

  get lines(): readonly string[] {
    return this.#sent.map(({ request }) => `${request.method} ${request.url}`)
  }

  faults(controller: string | undefined): readonly string[] {
    const toBitbucket = this.#sent.filter(({ request }) => controller === undefined || !isOn(request, controller))
    return [
      ...toBitbucket.flatMap(({ request }) => faultsOfRequest(request)),
      ...repeated(toBitbucket),
      ...(toBitbucket.length > MOST_REQUESTS ? [`${toBitbucket.length} requests`] : []),
    ]
  }
}

const HOSTS = ['https://bitbucket.org', 'https://api.bitbucket.org', SITE]

function isOn({ url }: HttpRequest, origin: string): boolean {
  return new URL(url).origin === new URL(origin).origin
}

function faultsOfRequest(request: HttpRequest): readonly string[] {
  const { method, url, body } = request
  const words = `${method} ${url}`
  const secret = secretIn(request)
  return [
    ...(method === 'GET' && body === undefined ? [] : [`${words}: it may write`]),
    ...(HOSTS.some((host) => isOn(request, host)) ? [] : [`${words}: nobody named this host`]),
    ...(secret !== '' && decodeURIComponent(url).includes(secret) ? [`${method}: the URL holds the secret`] : []),
  ]
}

function authorizationOf({ headers }: HttpRequest): string {
  return headers?.['authorization'] ?? 'none'
}

function secretIn(request: HttpRequest): string {
  const [scheme, value = ''] = authorizationOf(request).split(' ')
  return scheme === 'Basic'
    ? Buffer.from(value, 'base64')
        .toString()
        .replace(/^[^:]*:/, '')
    : value
}

/** One 401 to a credential may be asked again in a visit (BCLOUD-24107), and whatever was answered 429; nothing else. */
function repeated(sent: readonly Sent[]): readonly string[] {
  const again = sent.flatMap(({ request }, index) => {
    const before = sent.slice(0, index).findLast((one) => isSame(one.request, request))
    return before === undefined ? [] : [before]
  })
  const mayBeLone = ({ request, status }: Sent): boolean => status === 401 && authorizationOf(request) !== 'none'
  const tooMany = [
    ...again.filter((before) => before.status !== 429 && !mayBeLone(before)),
    ...again.filter(mayBeLone).slice(1),
  ]
  return tooMany.map(({ request, status }) => `${request.url} again after ${status}`)
}

function isSame(one: HttpRequest, other: HttpRequest): boolean {
  return one.url === other.url && authorizationOf(one) === authorizationOf(other)
}

function controllerOf({ args }: Visit): string | undefined {
  const at = args.indexOf('--jenkins')
  return at < 0 ? undefined : args[at + 1]
}

/** What `keyturn doctor` does with these words, in this process and without its pauses. */
async function visit({ machine, args, surroundings }: Visit, wire: Wire): Promise<Consultation> {
  const environment = { ...machine.environment(), ...surroundings?.environment }
  const outside = nodeSystem({ environment, ca: await readFile(machine.world.sandbox.caFile, 'utf8') })
  const system: System = {
    ...outside,
    http: wire.around(outside.http),
    clock: { now: outside.clock.now, sleep: async () => undefined },
  }
  const { url, options } = optionsOf(args)
  const { jenkins, ...rest } = options
  const login = { user: environment['JENKINS_USER_ID'] ?? '', apiToken: environment['JENKINS_API_TOKEN'] ?? '' }
  const keyturn = await openKeyturn({
    environment,
    system,
    ...(jenkins === undefined ? {} : { logins: [{ baseUrl: jenkins, ...login }] }),
  })
  const asked = { folder: surroundings?.folder ?? machine.home, ...options, ...rest }
  return consult(url, asked, keyturn, async () => surroundings?.input ?? '')
}

interface Words {
  readonly url: string | undefined
  readonly options: Readonly<Record<string, string>>
}

const ALONE = ['--bearer', '--secret-stdin']

/** `--atlassian-site URL` is `atlassianSite`; an option without a value is true to whoever asks. */
function optionsOf(args: readonly string[]): Words {
  const options: Record<string, string> = {}
  let url: string | undefined
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? ''
    if (!word.startsWith('--')) url = word
    else if (ALONE.includes(word)) options[camel(word)] = 'yes'
    else options[camel(word)] = args[++at] ?? ''
  }
  return { url, options }
}

function camel(option: string): string {
  return option.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
