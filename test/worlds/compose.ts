import type { Blueprint } from './blueprint.ts'
import { composeGit } from './compose-git.ts'
import { composeJenkins } from './compose-jenkins.ts'
import { composeRest } from './compose-rest.ts'
import { type Draw, drawFrom } from './draw.ts'

/** World number `index` of a seed. */
export function compose(seed: string, index: number): Blueprint {
  const draw = drawFrom(`${seed}/${index}`)
  return draw.weighted<(draw: Draw) => Blueprint>([
    [64, composeGit],
    [22, composeJenkins],
    [14, composeRest],
  ])(draw)
}
