import { join } from 'node:path'
import { type Keyturn, type KeyturnOptions, nodeSystem, openKeyturn } from '../../src/index.ts'
import type { Site } from './town.ts'

/** The library as the command line opens it, with a clock that does not wait. */
export function openDoctor(
  { sandbox, ca }: Site,
  environment: Readonly<Record<string, string>>,
  folder: string,
  logins: NonNullable<KeyturnOptions['logins']> = [],
): Promise<Keyturn> {
  const now = () => sandbox.world.now()
  const system = nodeSystem({ environment, ca, now })
  return openKeyturn({
    environment,
    home: join(folder, 'keyturn'),
    logins,
    system: { ...system, clock: { now, sleep: async () => undefined } },
  })
}
