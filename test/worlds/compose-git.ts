import type { GitWorld, Helper, Keyed, KeyForm, Noise, Pair, SettingScope, Stand } from './blueprint.ts'
import { SCOPES } from './blueprint.ts'
import { drawTold, goodPair, healthySite, howMany, olderPair, spoiledPair, spoiledSite } from './compose-parts.ts'
import type { Draw } from './draw.ts'

/** First a world in which everything is right, then faults are put into it. */
export function composeGit(draw: Draw): GitWorld {
  let world = healthy(draw)
  let left = howMany(draw)
  for (let tries = 0; left > 0 && tries < 20; tries++) {
    const spoiled = draw.weighted(FAULTS)(draw, world)
    if (spoiled === undefined) continue
    world = spoiled
    left--
  }
  return { ...world, helpers: inReadingOrder(world.helpers) }
}

function healthy(draw: Draw): GitWorld {
  const use = draw.chance(0.2) ? 'push' : 'fetch'
  const stand = draw.weighted<Stand>([
    [45, 'url'],
    [35, 'remote'],
    [12, 'url in a clone'],
    [8, 'remote of a worktree'],
  ])
  const bare: GitWorld = {
    kind: 'git',
    use,
    site: healthySite(draw),
    told: drawTold(draw),
    stand,
    afterFailure: draw.chance(0.2),
    helpers: [],
    noise: draw.chance(0.4) ? [draw.one(NOISES)] : [],
    askedBy: draw.chance(0.1) ? 'doctor --log' : 'doctor URL',
  }
  const world = withCarrier(draw, bare, goodPair(draw, 'right', use))
  // A second place with the same pair, as tools leave them.
  return draw.chance(0.08) ? withCarrier(draw, world, firstPair(world)) : world
}

const NOISES: readonly Noise[] = [
  'helper of another host',
  'other header',
  'other insteadOf',
  'netrc of another host',
  'colours',
]

type Carrier = (draw: Draw, world: GitWorld, pair: Pair) => GitWorld

const CARRIERS: readonly (readonly [number, Carrier])[] = [
  [
    38,
    (draw, world, pair) =>
      withHelper(draw, world, { kind: 'store', file: draw.one(['default', 'other'] as const), lines: [pair] }),
  ],
  [20, (draw, world, pair) => ({ ...world, netrc: { pair, entry: draw.chance(0.15) ? 'default' : 'machine' } })],
  [12, inUserinfo],
  [9, (draw, world, pair) => withHeader(draw, world, pair)],
  [9, (draw, world, pair) => withHelper(draw, world, { kind: 'keychain', pair })],
  [6, (draw, world, pair) => withHelper(draw, world, { kind: 'snippet', pair })],
  [2, (draw, world, pair) => withHelper(draw, world, { kind: 'cache', pair })],
  [5, (draw, world, pair) => withHelper(draw, world, { kind: 'manager', pair })],
  [3, (draw, world, pair) => ({ ...world, askpass: { pair, by: draw.one(['environment', 'core.askPass'] as const) } })],
]

function withCarrier(draw: Draw, world: GitWorld, pair: Pair): GitWorld {
  return draw.weighted(CARRIERS)(draw, world, pair)
}

function withHeader(draw: Draw, world: GitWorld, pair: Pair): GitWorld {
  return {
    ...world,
    header: { ...keyed(draw, world), pair, scheme: bearerFits(pair) && draw.chance(0.4) ? 'Bearer' : 'Basic' },
  }
}

/** Git over HTTPS takes an access token as Bearer; of API tokens that is not known. */
function bearerFits({ secret }: Pair): boolean {
  return secret.kind === 'access token'
}

function inUserinfo(draw: Draw, world: GitWorld, pair: Pair): GitWorld {
  const by = draw.chance(0.25) ? 'insteadOf' : 'url'
  return { ...world, userinfo: { ...pair, by, scope: scopeFor(draw, world) } }
}

type NewHelper = Helper extends infer Each ? (Each extends Keyed ? Omit<Each, keyof Keyed> : never) : never

function withHelper(draw: Draw, world: GitWorld, helper: NewHelper): GitWorld {
  return { ...world, helpers: [...world.helpers, { ...helper, ...keyed(draw, world) }] }
}

function keyed(draw: Draw, world: GitWorld): Keyed {
  const key = draw.weighted<KeyForm>([
    [60, 'general'],
    [30, 'host'],
    [10, 'path'],
  ])
  return { scope: scopeFor(draw, world), key }
}

function scopeFor(draw: Draw, { stand }: GitWorld): SettingScope {
  return draw.weighted<SettingScope>([
    [60, 'global'],
    [8, 'xdg'],
    [8, 'included'],
    [6, 'system'],
    [8, 'environment'],
    [stand === 'url' ? 0 : 14, 'local'],
  ])
}

function inReadingOrder(helpers: readonly Helper[]): readonly Helper[] {
  return SCOPES.flatMap((scope) => helpers.filter((helper) => helper.scope === scope))
}

type Fault = (draw: Draw, world: GitWorld) => GitWorld | undefined

const FAULTS: readonly (readonly [number, Fault])[] = [
  [44, spoilPair],
  [12, putOlderFirst],
  [7, (draw, world) => (world.header === undefined ? withHeader(draw, world, olderPair(draw, 'header')) : undefined)],
  [12, pinName],
  [6, takeAway],
  [2, breakUrl],
  [18, (draw, world) => ({ ...world, site: spoiledSite(draw, world.site, world.use) })],
  [1, (draw, world) => ({ ...world, network: draw.one(['proxy of git', 'certificates of git'] as const) })],
]

function firstPair(world: GitWorld): Pair {
  const found = pairsOf(world)[0]
  if (found === undefined) throw new Error('a healthy world has a pair')
  return found
}

function pairsOf(world: GitWorld): readonly Pair[] {
  const { userinfo } = world
  return [
    ...(world.header === undefined ? [] : [world.header.pair]),
    ...(userinfo?.secret === undefined ? [] : [{ name: userinfo.name, secret: userinfo.secret }]),
    ...(world.netrc === undefined ? [] : [world.netrc.pair]),
    ...world.helpers.flatMap((helper) => ('lines' in helper ? helper.lines : 'pair' in helper ? [helper.pair] : [])),
    ...(world.askpass === undefined ? [] : [world.askpass.pair]),
  ]
}

/** Every place with this secret gets the fault: it is one credential. */
function spoilPair(draw: Draw, world: GitWorld): GitWorld | undefined {
  const pairs = pairsOf(world)
  if (pairs.length === 0) return undefined
  const chosen = draw.one(pairs)
  return replacePair(world, chosen, spoiledPair(draw, chosen))
}

function replacePair(world: GitWorld, old: Pair, next: Pair): GitWorld {
  const swap = (pair: Pair): Pair => (pair.secret.id === old.secret.id ? next : pair)
  const { header, userinfo, netrc, askpass } = world
  return {
    ...world,
    ...(header === undefined ? {} : { header: { ...header, pair: swap(header.pair) } }),
    ...(userinfo?.secret?.id === old.secret.id ? { userinfo: { ...userinfo, ...next } } : {}),
    ...(netrc === undefined ? {} : { netrc: { ...netrc, pair: swap(netrc.pair) } }),
    ...(askpass === undefined ? {} : { askpass: { ...askpass, pair: swap(askpass.pair) } }),
    helpers: world.helpers.map((helper) =>
      'lines' in helper
        ? { ...helper, lines: helper.lines.map(swap) }
        : 'pair' in helper
          ? { ...helper, pair: swap(helper.pair) }
          : helper,
    ),
  }
}

/** In front of what is there: another source that git asks before, a helper before, a line before. */
function putOlderFirst(draw: Draw, world: GitWorld): GitWorld | undefined {
  const older = olderPair(draw, `older ${draw.number(1000)}`)
  const [first] = world.helpers
  const ways: readonly (() => GitWorld | undefined)[] = [
    () => (world.netrc === undefined ? { ...world, netrc: { pair: older, entry: 'machine' } } : undefined),
    () => (world.userinfo === undefined ? inUserinfo(draw, world, older) : undefined),
    () =>
      first === undefined
        ? undefined
        : {
            ...world,
            helpers: [
              {
                kind: 'store',
                file: usesFile(world, 'default') ? 'other' : 'default',
                lines: [older],
                scope: first.scope,
                key: 'general',
              },
              ...world.helpers,
            ],
          },
    () =>
      first?.kind === 'store'
        ? { ...world, helpers: [{ ...first, lines: [older, ...first.lines] }, ...world.helpers.slice(1)] }
        : undefined,
  ]
  const made = draw.one(ways)()
  // Two helpers on one file would be one place.
  return made !== undefined && filesAreDistinct(made) ? made : undefined
}

function usesFile(world: GitWorld, file: 'default' | 'other'): boolean {
  return world.helpers.some((helper) => helper.kind === 'store' && helper.file === file)
}

function filesAreDistinct({ helpers }: GitWorld): boolean {
  const files = helpers.flatMap((helper) => (helper.kind === 'store' ? [helper.file] : []))
  return new Set(files).size === files.length
}

function pinName(draw: Draw, world: GitWorld): GitWorld | undefined {
  const name = draw.weighted([
    [60, 'name of somebody else'],
    [20, 'username'],
    [20, 'e-mail'],
  ] as const)
  const [first] = world.helpers
  if (first !== undefined && draw.chance(0.15))
    return { ...world, helpers: [{ kind: 'names a user', name, scope: first.scope, key: 'general' }, ...world.helpers] }
  if (draw.chance(0.3) && world.pinned === undefined) return { ...world, pinned: { ...keyed(draw, world), name } }
  if (world.userinfo !== undefined) return undefined
  const by = draw.chance(0.3) ? 'insteadOf' : 'url'
  return { ...world, userinfo: { name, by, scope: scopeFor(draw, world) } }
}

/** The `@` of an e-mail, as it is. */
function breakUrl(draw: Draw, world: GitWorld): GitWorld | undefined {
  if (world.userinfo !== undefined && world.userinfo.name !== 'e-mail') return undefined
  const given = world.userinfo ?? { name: 'e-mail', by: 'url', scope: scopeFor(draw, world) }
  return { ...world, userinfo: { ...given, raw: true } }
}

/** Nothing answers any more: no credential at all, a list of helpers that was cleared, lines without the path that is asked for. */
function takeAway(draw: Draw, world: GitWorld): GitWorld | undefined {
  const way = draw.one(['everything', 'reset', 'path', 'absent'] as const)
  const last = world.helpers.at(-1)
  if (way === 'everything') {
    const { header: _h, userinfo: _u, netrc: _n, askpass: _a, ...rest } = world
    return { ...rest, helpers: draw.chance(0.5) ? [] : [{ kind: 'absent', scope: 'global', key: 'general' }] }
  }
  if (last === undefined) return undefined
  if (way === 'path') return { ...world, useHttpPath: { ...keyed(draw, world), linesHavePath: draw.chance(0.3) } }
  const added: Helper = { kind: way === 'reset' ? 'reset' : 'absent', scope: last.scope, key: 'general' }
  return { ...world, helpers: way === 'reset' ? [...world.helpers, added] : [added, ...world.helpers] }
}
