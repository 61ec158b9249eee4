import { afterEach, describe, expect, it } from 'vitest'
import { fixtureValues, type TemporaryFolder, temporaryFolder } from '../../test/contract/fixtures.ts'
import { consumers } from '../consumers/registry.ts'
import { variableReader } from '../consumers/variable-flow.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Context } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'
import { nodeSystem } from '../system/node-system.ts'
import { scan } from './scan.ts'

const { OLD, NEW, ACCESS } = fixtureValues()
const context: Context = {
  system: nodeSystem({ environment: {} }),
  seal: Secret.sealer(new Uint8Array(32)),
  digest: () => 'hmac:0',
  logins: [],
}
const folders: TemporaryFolder[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove()
})

async function scanned(files: Readonly<Record<string, string>>): Promise<Inventory> {
  const tree = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))
  const folder = temporaryFolder(tree)
  folders.push(folder)
  return scan({ roots: [folder.path], follow: variableReader(consumers) }, consumers, context)
}

/** One line a use: what is done, where, and who does it. */
const usesOf = ({ places }: Inventory): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    places.map(({ consumer, address, uses, unresolved }) => [
      `${consumer} ${address}`,
      [
        ...uses.map(({ operation, access, repository, workspace, by }) =>
          [
            operation,
            access,
            repository && `${repository.workspace}/${repository.slug}`,
            workspace && `${workspace}/?`,
            by,
          ]
            .filter(Boolean)
            .join(' | '),
        ),
        ...(unresolved === undefined ? [] : [`unresolved: ${unresolved}`]),
      ],
    ]),
  )

const GIT = { '.git/HEAD': 'ref: refs/heads/main\n' }

describe('a variable of a repository', () => {
  it('is followed from a file of variables to the commands of scripts', async () => {
    const inventory = await scanned({
      ...GIT,
      '.env': `BB_USER=alice\nBB_PASS=${OLD}\n`,
      'ci/push.sh': `#!/bin/sh
# git clone https://$BB_USER:$BB_PASS@bitbucket.org/acme/old.git
git clone "https://$BB_USER:$BB_PASS@bitbucket.org/acme/app.git" work
API=https://api.bitbucket.org/2.0/repositories/acme/app
curl -u "$BB_USER:$BB_PASS" -X POST \\
  "$API/pullrequests"
git remote set-url mirror "https://$BB_USER:$BB_PASS@bitbucket.org/acme/mirror.git"
git push --mirror mirror
`,
    })
    expect(usesOf(inventory)).toEqual({
      'variables BB_PASS': [
        'git-fetch | acme/app | ci/push.sh line 3',
        'rest | write | acme/app | ci/push.sh line 5',
        'git-push | acme/mirror | ci/push.sh line 7',
      ],
    })
  })

  it('that nothing reads is said to be unresolved', async () => {
    const inventory = await scanned({ ...GIT, '.env': `BITBUCKET_TOKEN=${ACCESS}\n` })
    expect(usesOf(inventory)).toEqual({
      'variables BITBUCKET_TOKEN': [
        'git-fetch | BITBUCKET_TOKEN',
        'unresolved: nothing in its repository was seen to read BITBUCKET_TOKEN',
      ],
    })
  })

  it('means in each use what that use wants', async () => {
    const inventory = await scanned({
      'a/.git/HEAD': 'ref: refs/heads/main\n',
      'a/.env': `BITBUCKET_TOKEN=${NEW}\n`,
      'a/report.sh': `curl -u "me@example.com:$BITBUCKET_TOKEN" https://api.bitbucket.org/2.0/workspaces/acme/members\n`,
      'b/.git/HEAD': 'ref: refs/heads/main\n',
      'b/.env': `BITBUCKET_TOKEN=${ACCESS}\n`,
      'b/mirror.sh': `git push "https://x-token-auth:$BITBUCKET_TOKEN@bitbucket.org/acme/app.git" main\n`,
    })
    expect(inventory.places.map(({ secret, uses }) => [secret?.kind, uses])).toEqual([
      ['api-token', [{ operation: 'rest', access: 'read', workspace: 'acme', by: 'report.sh line 1', followed: true }]],
      [
        'access-token',
        [
          {
            operation: 'git-push',
            repository: { workspace: 'acme', slug: 'app' },
            by: 'mirror.sh line 1',
            followed: true,
          },
        ],
      ],
    ])
  })
})
