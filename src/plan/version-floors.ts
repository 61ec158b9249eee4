import type { ConsumerId } from '../model/place.ts'
import type { SecretKind } from '../model/secret.ts'

/** The first version of a tool that takes an API token; `source` is what says so. */
export interface VersionFloor {
  readonly tool: string
  readonly from: string
  /** From here it takes them, though not well: a condition, where an older one is refused. Absent: `from`. */
  readonly least?: string
  /** What goes wrong below, one sentence. */
  readonly below: string
  readonly source: string
  /** Names under which packages, images and plugins are listed. */
  readonly packages: readonly string[]
  /** Of which kind of token it is the floor. Absent: API tokens. */
  readonly kind?: SecretKind
}

export const VERSION_FLOORS: Readonly<Record<ConsumerId, VersionFloor>> = {
  renovate: {
    tool: 'Renovate',
    from: '41.2.0',
    below: 'REST works and the clone fails',
    source: 'renovatebot/renovate#36503',
    packages: ['renovate', 'renovate/renovate'],
  },
  composer: {
    tool: 'Composer',
    from: '2.8.12',
    below: 'either downloads or git are refused',
    source: 'composer/composer#12482',
    packages: ['composer/composer', 'composer'],
  },
  satis: {
    tool: 'Composer in Satis',
    from: '2.8.12',
    below: 'either downloads or git are refused',
    source: 'composer/composer#12482',
    packages: ['composer/composer'],
  },
  atlantis: {
    tool: 'Atlantis',
    from: '0.38.0',
    below: 'comments are refused with 401',
    source: 'runatlantis/atlantis#6614',
    packages: ['runatlantis/atlantis', 'ghcr.io/runatlantis/atlantis'],
  },
  sourcebot: {
    tool: 'Sourcebot',
    from: '4.11.6',
    below: 'git is given the e-mail and refused',
    source: 'sourcebot-dev/sourcebot#892',
    packages: ['ghcr.io/sourcebot-dev/sourcebot', 'sourcebot-dev/sourcebot'],
  },
  devlake: {
    tool: 'DevLake',
    from: '1.0.3',
    below: 'API tokens are not known',
    source: 'apache/incubator-devlake#8604',
    packages: ['apache/devlake', 'devlake.docker.scarf.sh/apache/devlake'],
  },
  'pipelines-as-code': {
    tool: 'Pipelines as Code',
    from: '0.49.0',
    below: 'the clone is given the e-mail and refused',
    source: 'openshift-pipelines/pipelines-as-code#2501',
    packages: ['ghcr.io/openshift-pipelines/pipelines-as-code-controller'],
  },
  dokploy: {
    tool: 'Dokploy',
    from: '0.25.3',
    below: 'there is no field for an API token',
    source: 'Dokploy/dokploy, packages/server',
    packages: ['dokploy/dokploy'],
  },
  ghorg: {
    tool: 'ghorg',
    from: '1.11.8',
    below: 'it finds no repositories and says no more',
    source: 'gabrie30/ghorg#603',
    packages: ['gabrie30/ghorg'],
  },
  gitbackup: {
    tool: 'gitbackup',
    from: '1.1',
    below: 'app passwords alone are known',
    source: 'amitsaha/gitbackup#197',
    packages: ['amitsaha/gitbackup'],
  },
  nextflow: {
    tool: 'Nextflow',
    from: '25.10',
    below: 'REST answers 401',
    source: 'nextflow-io/nextflow#7279',
    packages: ['nextflow/nextflow', 'nextflow'],
  },
  'azure-devops': {
    tool: 'the provider azuredevops of Terraform',
    from: '1.16.0',
    below: 'it knows no API token',
    source: 'microsoft/terraform-provider-azuredevops#1575',
    packages: ['registry.terraform.io/microsoft/azuredevops', 'microsoft/azuredevops'],
  },
  'git-town': {
    tool: 'Git Town',
    from: '24.0.0',
    below: 'the key for an API token is not known',
    source: 'git-town/git-town, release notes of v24.0.0',
    packages: [],
  },
  'electron-builder': {
    tool: 'electron-builder',
    from: '27.0.0-alpha.6',
    below: 'an access token cannot be sent as Bearer',
    source: 'electron-userland/electron-builder, release notes of v27.0.0-alpha.6',
    packages: ['electron-builder'],
    kind: 'access-token',
  },
  harness: {
    tool: 'the Harness delegate',
    from: '26.02.88600',
    below: 'the test of the connection uses a path that is gone',
    source: 'developer.harness.io, Bitbucket connector settings',
    packages: ['harness/delegate'],
  },
}

/** Of jobs that Branch Source scans (docs/consumers/jenkins.md). 937.0.0 takes API tokens; up to 937.3.4 it loses valid ones. */
export const BRANCH_SOURCE_FLOOR: VersionFloor = {
  tool: 'the plugin Bitbucket Branch Source of Jenkins',
  from: '937.3.5',
  least: '937.0.0',
  below: 'API tokens are not known (before 937.0.0) or lost now and then',
  source: 'JENKINS-75772, JENKINS-76486, JENKINS-76425, JENKINS-76494',
  packages: ['cloudbees-bitbucket-branch-source'],
}

/** Negative: `one` is older. `v41.2.0`, `937.3.5.v_abc`, `27.0.0-alpha.6`; a pre-release is older than its release. */
export function compareVersions(one: string, other: string): number {
  const [mine, theirs] = [partsOf(one), partsOf(other)]
  for (let index = 0; index < Math.max(mine.numbers.length, theirs.numbers.length); index++) {
    const difference = (mine.numbers[index] ?? 0) - (theirs.numbers[index] ?? 0)
    if (difference !== 0) return difference
  }
  if (mine.pre === undefined || theirs.pre === undefined)
    return (mine.pre === undefined ? 1 : 0) - (theirs.pre === undefined ? 1 : 0)
  return mine.pre.name === theirs.pre.name
    ? mine.pre.number - theirs.pre.number
    : mine.pre.name < theirs.pre.name
      ? -1
      : 1
}

function partsOf(version: string): {
  readonly numbers: readonly number[]
  readonly pre?: { readonly name: string; readonly number: number }
} {
  const [, numbers = '', name, number] =
    /^[^\d]{0,8}(\d+(?:\.\d+)*)(?:-(alpha|beta|rc|pre)\.?(\d*))?/.exec(version) ?? []
  const all = numbers.split('.').map(Number)
  return name === undefined ? { numbers: all } : { numbers: all, pre: { name, number: Number(number ?? 0) } }
}
