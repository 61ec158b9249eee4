import { z } from 'zod'
import type { ToolVersions } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Context, ControllerLogin } from '../../model/ports.ts'
import type { JenkinsClient } from './client.ts'
import { loginFor, openController } from './connect.ts'

const Answer = z.object({ plugins: z.array(z.object({ shortName: z.string(), version: z.string() })) })

/** By short name. Throws `Failure` R403 without Overall/SystemRead. */
export async function askPlugins(client: JenkinsClient): Promise<Readonly<Record<string, string>>> {
  const read = Answer.safeParse(await client.json('/pluginManager', 'plugins[shortName,version]'))
  return read.success ? Object.fromEntries(read.data.plugins.map(({ shortName, version }) => [shortName, version])) : {}
}

/** Of the controllers that these places are of, each asked once. One that does not show them tells nothing. */
export async function pluginVersions(
  places: readonly PlaceRef[],
  context: Context,
): Promise<ReadonlyMap<PlaceRef, ToolVersions>> {
  const asked = new Map<ControllerLogin, Promise<ToolVersions | undefined>>()
  const told = new Map<PlaceRef, ToolVersions>()
  for (const place of places) {
    const login = loginIfGiven(place, context)
    if (login === undefined) continue
    const versions = asked.get(login) ?? versionsOf(login, context)
    asked.set(login, versions)
    const shown = await versions
    if (shown !== undefined) told.set(place, shown)
  }
  return told
}

/** An inventory may be planned later, without the logins that it was made with. */
function loginIfGiven(place: PlaceRef, context: Context): ControllerLogin | undefined {
  try {
    return loginFor(place, context)
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

async function versionsOf(login: ControllerLogin, context: Context): Promise<ToolVersions | undefined> {
  const client = openController(login, context)
  try {
    return { versions: await askPlugins(client), at: `${client.baseUrl}/pluginManager` }
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}
