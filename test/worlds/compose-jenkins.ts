import type { JenkinsWorld, Name, Pair } from './blueprint.ts'
import { drawTold, goodPair, healthySite, howMany, olderPair, spoiledPair, spoiledSite } from './compose-parts.ts'
import type { Draw } from './draw.ts'

export function composeJenkins(draw: Draw): JenkinsWorld {
  let world = healthy(draw)
  let left = howMany(draw)
  for (let tries = 0; left > 0 && tries < 20; tries++) {
    const spoiled = draw.weighted(FAULTS)(draw, world)
    if (spoiled === undefined) continue
    world = spoiled
    left--
  }
  // What only the agent holds shows in a build, or to somebody who may look at its account.
  const hasAgent = Object.keys(world.agent).length > 0
  const built =
    world.deadProxy === true || world.built || world.askedBy === 'doctor --log' || (hasAgent && !world.told.agentHome)
  return { ...world, built }
}

function healthy(draw: Draw): JenkinsWorld {
  const site = { ...healthySite(draw), incident: 'none' as const }
  return {
    kind: 'jenkins',
    site,
    told: { ...drawTold(draw), secret: draw.chance(0.6), agentHome: draw.chance(0.5) },
    job: draw.chance(0.25) ? 'pipeline' : 'freestyle',
    pair: goodPair(draw, 'right', 'fetch'),
    isEmpty: false,
    id: 'right',
    ...(draw.chance(0.07) ? { shadow: goodPair(draw, 'nearer', 'fetch') } : {}),
    ...(draw.chance(0.08) ? { ownedByCode: true } : {}),
    agent: draw.chance(0.07) ? { netrc: goodPair(draw, 'agent', 'fetch') } : {},
    built: draw.chance(0.75),
    askedBy: draw.chance(0.15) ? 'doctor --log' : 'doctor --jenkins',
  }
}

type Fault = (draw: Draw, world: JenkinsWorld) => JenkinsWorld | undefined

const FAULTS: readonly (readonly [number, Fault])[] = [
  [38, (draw, world) => ({ ...world, pair: spoiledPair(draw, world.pair) })],
  [12, shadowIt],
  [14, changeId],
  [14, putAgentFirst],
  [12, nameInUrl],
  [3, (_, world) => (world.ownedByCode ? undefined : { ...world, isEmpty: true })],
  [3, (_, world) => (world.userinfo === undefined ? { ...world, overSsh: true } : undefined)],
  [3, (_, world) => ({ ...world, deadProxy: true })],
  [12, (draw, world) => ({ ...world, site: { ...spoiledSite(draw, world.site, 'fetch'), incident: 'none' } })],
]

/** The YAML of a controller holds the credential as it should be. */
function changeId(draw: Draw, { ownedByCode: _, ...world }: JenkinsWorld): JenkinsWorld {
  const ids = ['no store holds it', 'none selected', 'secret text', 'system scope'] as const
  return { ...world, id: draw.one(ids) }
}

function shadowIt(draw: Draw, world: JenkinsWorld): JenkinsWorld {
  const older = draw.chance(0.6) ? olderPair(draw, 'nearer') : spoiledPair(draw, goodPair(draw, 'nearer', 'fetch'))
  return { ...world, shadow: older }
}

function putAgentFirst(draw: Draw, world: JenkinsWorld): JenkinsWorld {
  const older: Pair = olderPair(draw, 'older on the agent')
  const where = draw.weighted([
    [45, 'store'],
    [40, 'netrc'],
    [15, 'header'],
  ] as const)
  // A second one in another place is another secret.
  const isSecond = Object.keys(world.agent).length > 0
  const pair = isSecond ? { ...older, secret: { ...older.secret, id: `older in ${where}` } } : older
  return { ...world, agent: { ...world.agent, [where]: pair } }
}

function nameInUrl(draw: Draw, world: JenkinsWorld): JenkinsWorld {
  if (draw.chance(0.3)) return { ...world, userinfo: olderPair(draw, 'in the URL') }
  const name = draw.weighted<Name>([
    [60, 'name of somebody else'],
    [25, 'username'],
    [15, 'e-mail'],
  ])
  return { ...world, userinfo: { name } }
}
