import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Sandbox, type Switches, startSandbox } from '../../sandbox/index.ts'
import type { Profile } from './blueprint.ts'

const SWITCHES: Readonly<Record<Profile, Partial<Switches>>> = {
  default: {},
  january: { errorTexts: '2026-01' },
  'one 401': { noRepositoryAccess: '401-text', xTokenAuthForApiTokens: false },
  lenient: {
    unknownAppPassword410: true,
    bearerOnGit: 'access tokens and API tokens',
    usernameCaseSensitive: false,
  },
}

/** A sandbox that answers as one profile says. */
export interface Site {
  readonly sandbox: Sandbox
  readonly ca: string
}

/** What all worlds of one process share: sandboxes, started when they are first needed, and a folder for the homes. */
export interface Town {
  readonly folder: string
  /** Holds `keyturn` as an installation puts it on the PATH, when a command line was given. */
  readonly bin: string
  site(profile: Profile): Promise<Site>
  /** For a world whose disturbance is of everything: a sandbox that no other world meets. */
  ownSite(profile: Profile, name: string): Promise<Site>
  stop(): Promise<void>
}

export async function openTown(seed: string, keyturnMain?: string): Promise<Town> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-worlds-'))
  const bin = join(folder, 'bin')
  await mkdir(bin)
  await writeProgram(join(bin, 'git-credential-manager'), MANAGER)
  if (keyturnMain !== undefined)
    await writeProgram(join(bin, 'keyturn'), `#!/bin/sh\nexec '${process.execPath}' '${keyturnMain}' "$@"\n`)
  const sites = new Map<Profile, Promise<Site>>()
  return {
    folder,
    bin,
    site: (profile) => {
      const known = sites.get(profile) ?? startSite(join(folder, profile.replaceAll(' ', '-')), profile, seed)
      sites.set(profile, known)
      return known
    },
    ownSite: (profile, name) => startSite(join(folder, `own-${name}`), profile, seed),
    stop: async () => {
      for (const site of sites.values()) await (await site).sandbox.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function startSite(folder: string, profile: Profile, seed: string): Promise<Site> {
  const sandbox = await startSandbox({ folder, seed, switches: SWITCHES[profile] })
  return { sandbox, ca: await readFile(sandbox.caFile, 'utf8') }
}

/**
 * Git Credential Manager as far as a stored token of Bitbucket goes (BitbucketHostProvider.cs): it keeps one pair, tries it before
 * it answers unless that is switched off, and never says why it is silent.
 */
const MANAGER = `#!/bin/sh
cd "$HOME/manager" 2>/dev/null || exit 0
accepts() { curl --silent --fail --output /dev/null --config "$1" https://api.bitbucket.org/2.0/user; }
checks="\${GCM_BITBUCKET_VALIDATE_STORED_CREDENTIALS:-$(git config credential.bitbucketValidateStoredCredentials)}"
case "$1" in
  get) test -f pair || exit 0; test "$checks" = false || accepts bearer || accepts basic || exit 0; cat pair ;;
  store) sed -n 's/^username=/&/p; s/^password=/&/p' >pair ;;
  erase) rm -f pair ;;
esac
`

async function writeProgram(path: string, text: string): Promise<void> {
  await writeFile(path, text)
  await chmod(path, 0o755)
}
