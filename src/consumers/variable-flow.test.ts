import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { documentOf } from '../../test/contract/detector.ts'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import type { VariableFlow } from '../model/variable-flow.ts'
import { consumers } from './registry.ts'
import { variableReader } from './variable-flow.ts'

const read = variableReader(consumers)
const { ACCESS } = fixtureValues()

function flowOf(path: string, text: string): VariableFlow {
  return read(documentOf(new Map([[path, Buffer.from(text)]]), path), [])
}

/** `names: operation [access] repository` of each read. */
function readsIn(path: string, text: string): readonly string[] {
  return flowOf(path, text).reads.flatMap(({ names, uses, line }) =>
    uses.map(({ operation, access, repository, workspace }) =>
      [
        `${line}`,
        names.join('+'),
        operation,
        access,
        repository === undefined ? workspace && `${workspace}/?` : `${repository.workspace}/${repository.slug}`,
      ]
        .filter((part) => part !== undefined)
        .join(' '),
    ),
  )
}

const script = (text: string): readonly string[] => readsIn('x.sh', text)

/** What of REST is asked, and what is done to it. */
const asked = (path: string, text: string): readonly string[] =>
  flowOf(path, text).reads.flatMap(({ uses }) =>
    uses.map(({ access, resource }) => [access, resource].filter((part) => part !== undefined).join(' ')),
  )

describe('what a request is about', () => {
  const ADDRESS = 'https://api.bitbucket.org/2.0/repositories/acme/app'

  it.each([
    ['x.sh', `curl -u "$U:$P" -X DELETE ${ADDRESS}/hooks/1`, ['delete webhook']],
    ['x.sh', `curl -u "$U:$P" -X POST -d x ${ADDRESS}/deploy-keys`, ['write access key']],
    ['x.yml', `url: ${ADDRESS}/pullrequests\nmethod: POST\npassword: \${BB_TOKEN}\n`, ['write pull request']],
    ['Jenkinsfile', `httpRequest authentication: 'bb', url: '${ADDRESS}/pullrequests'`, ['read pull request']],
    [
      'x.py',
      `t = os.environ['BB_TOKEN']\nget('${ADDRESS}/pullrequests')\nget('${ADDRESS}/hooks')\n`,
      ['pull request', 'webhook'],
    ],
  ])('%s: %s', (path, text, expected) => {
    expect(asked(path, text)).toEqual(expected)
  })
})

describe('what an object of Kubernetes does with a secret that it names', () => {
  const object = (more: string): string =>
    `kind: X\nspec:\n${more}  address: https://bitbucket.org/acme/app\n  secretRef:\n    name: bb\n`
  const uses = (text: string) => flowOf('x.yaml', text).reads.flatMap((read) => read.uses)

  it('a source is cloned, and a provider of notifications asks REST about the same address', () => {
    expect(uses(object('')).map(({ operation }) => operation)).toEqual(['git-fetch'])
    expect(uses(object('  type: bitbucket\n'))).toMatchObject([
      { operation: 'rest', repository: { workspace: 'acme', slug: 'app' } },
    ])
  })
})

describe('what configuration as code does with its variables', () => {
  const casc = (kind: string, id: string, secret: string, more = ''): string =>
    `credentials:\n  system:\n    domainCredentials:\n    - credentials:\n      - ${kind}:\n          id: ${id}\n          username: alice\n          ${secret}\n${more}`

  it('a credential whose id names Bitbucket signs in to git', () => {
    const text = casc('usernamePassword', 'bitbucket', 'password: ${BB_APP_PASSWORD}')
    expect(readsIn('jenkins.yaml', text)).toEqual(['8 BB_APP_PASSWORD git-fetch'])
    expect(readsIn('jenkins.yaml', casc('string', 'bitbucket-token', 'secret: "${BB_TOKEN}"'))).toEqual([
      '8 BB_TOKEN git-fetch',
    ])
  })

  it('a credential that a source of Branch Source names asks REST, too', () => {
    const job = `jobs:\n- script: >\n    multibranchPipelineJob('a') { branchSources { bitbucket { repoOwner('acme'); credentialsId('ci') } } }\n`
    expect(readsIn('jenkins.yaml', casc('usernamePassword', 'ci', 'password: ${PASS}', job))).toEqual([
      '8 PASS rest',
      '8 PASS git-fetch',
    ])
  })

  it('a credential of something else is left alone, and so is a value that stands there', () => {
    const other = casc('usernamePassword', 'nexus', 'password: ${NEXUS_PASSWORD}', '# bitbucket\n')
    expect(readsIn('jenkins.yaml', other)).toEqual([])
    expect(readsIn('jenkins.yaml', casc('usernamePassword', 'bitbucket', 'password: plain'))).toEqual([])
  })
})

describe('what a command does with its variables', () => {
  it.each([
    ['git clone https://$U:$P@bitbucket.org/acme/app.git', ['1 U+P git-fetch acme/app']],
    ['git clone "https://${U}:${P}@bitbucket.org/acme/$R.git"', ['1 U+P+R git-fetch acme/?']],
    ['git fetch https://$U:$P@bitbucket.org/$W/$R', ['1 U+P+W+R git-fetch']],
    ['git ls-remote https://x-token-auth:$T@bitbucket.org/acme/app', ['1 T git-fetch acme/app']],
    ['git push https://x-token-auth:$T@bitbucket.org/acme/app HEAD:main', ['1 T git-push acme/app']],
    [
      'git clone https://$T@bitbucket.org/acme/app.git\ncd app\ngit push origin main',
      ['1 T git-fetch acme/app', '1 T git-push acme/app'],
    ],
    [
      'git clone https://$T@bitbucket.org/acme/a\ngit clone https://$T@bitbucket.org/acme/b\ngit push',
      ['1 T git-fetch acme/a', '2 T git-fetch acme/b', '2 T git-push acme/b'],
    ],
    ['git remote set-url --push bb https://$T@bitbucket.org/acme/app\ngit push bb', ['1 T git-push acme/app']],
    [
      'git -c http.extraHeader="Authorization: Bearer $T" fetch https://bitbucket.org/acme/app',
      ['1 T git-fetch acme/app'],
    ],
    [
      'git config http.extraHeader "Authorization: Basic $T"\ngit clone https://bitbucket.org/acme/app\ngit push',
      ['1 T git-fetch acme/app', '1 T git-push acme/app'],
    ],
    [
      'echo "machine bitbucket.org login $U password $P" > ~/.netrc\ngit push https://bitbucket.org/acme/app',
      ['1 U+P git-push acme/app'],
    ],
    ['URL=https://$U:$P@bitbucket.org/acme/app.git\ngit push "$URL"', ['2 URL+U+P git-push acme/app']],
    ['curl -u "$U:$P" https://api.bitbucket.org/2.0/user', ['1 U+P rest read']],
    [
      'curl -XDELETE -u $U:$P https://api.bitbucket.org/2.0/repositories/acme/app/hooks/1',
      ['1 U+P rest delete acme/app'],
    ],
    [
      'curl --request PUT -H "Authorization: Bearer $T" https://api.bitbucket.org/2.0/workspaces/acme/x',
      ['1 T rest write acme/?'],
    ],
    [
      'curl -d \'{\n "a": 1 }\' -u $U:$P https://api.bitbucket.org/2.0/repositories/acme/app/issues',
      ['1 U+P rest write acme/app'],
    ],
    ['curl -G -d q=1 -u $U:$P https://api.bitbucket.org/2.0/repositories/acme', ['1 U+P rest read acme/?']],
    ['curl -u $U:$P https://bitbucket.org/!api/2.0/user', ['1 U+P rest read']],
    ['wget --user=$U --password=$P https://bitbucket.org/acme/app/get/main.zip', ['1 U+P web acme/app']],
    ['pip install "git+https://$T@bitbucket.org/acme/lib.git@v1"', ['1 T git-fetch acme/lib']],
    ['curl -u $K:$S https://bitbucket.org/site/oauth2/access_token -d grant_type=client_credentials', []],
    ['git clone git@bitbucket.org:acme/$R.git', []],
    ['git clone ssh://git@bitbucket.org/acme/$R.git', []],
    ['git clone https://$T@bitbucket.org.example.com/acme/app # bitbucket', []],
    ['# git clone https://$T@bitbucket.org/acme/app', []],
    ['reviewdog -reporter=bitbucket-code-report', ['1 BITBUCKET_PASSWORD rest', '1 BITBUCKET_ACCESS_TOKEN rest']],
  ])('%s', (text, expected) => {
    expect(script(text)).toEqual(expected)
  })
})

describe('what other documents do with variables', () => {
  it.each([
    [
      'a.ps1',
      'Invoke-RestMethod -Method Post -Headers @{Authorization="Bearer $env:BB"} -Uri https://api.bitbucket.org/2.0/user',
      ['1 BB rest write'],
    ],
    ['a.bat', 'git push https://%BB_USER%:%BB_PASS%@bitbucket.org/acme/app', ['1 BB_USER+BB_PASS git-push acme/app']],
    [
      'play.yml',
      '- git:\n    repo: "https://{{ bb_user }}:{{ bb_pass | urlencode }}@bitbucket.org/acme/app.git"\n',
      ['2 bb_user+bb_pass git-fetch acme/app'],
    ],
    [
      'play.yml',
      '- uri:\n    url: https://api.bitbucket.org/2.0/repositories/acme/app\n    method: PUT\n    url_password: "{{ bb }}"\n',
      ['4 bb rest write acme/app'],
    ],
    [
      'app.yml',
      'repo:\n  url: https://bitbucket.org/acme/app.git\n  auth:\n    username: x\n    password: ${BB}\n',
      ['5 BB git-fetch acme/app'],
    ],
    ['main.tf', 'provider "bitbucket" {}\n', ['1 BITBUCKET_PASSWORD rest']],
    [
      'a.js',
      "const a = axios.create({ baseURL: 'https://api.bitbucket.org/2.0', token: process.env.BB })\n",
      ['1 BB rest'],
    ],
    ['a.rb', "`git clone https://x:#{ENV.fetch('BB')}@bitbucket.org/acme/app.git`\n", ['1 BB git-fetch acme/app']],
    [
      'Jenkinsfile',
      "httpRequest authentication: 'bb', httpMode: 'POST', url: 'https://api.bitbucket.org/2.0/repositories/acme/app/x'",
      ['1 credentials:bb rest write acme/app'],
    ],
    [
      'Jenkinsfile',
      "checkout([$class: 'GitSCM', userRemoteConfigs: [[url: 'https://bitbucket.org/acme/app', credentialsId: 'bb']]])",
      ['1 credentials:bb git-fetch acme/app'],
    ],
    [
      'Jenkinsfile',
      "git url: 'https://bitbucket.org/acme/a', credentialsId: 'one'\ngit credentialsId: 'two', url: 'https://bitbucket.org/acme/b'",
      ['1 credentials:one git-fetch acme/a', '2 credentials:two git-fetch acme/b'],
    ],
    [
      'Jenkinsfile',
      "withCredentials([gitUsernamePassword(credentialsId: 'bb')]) { sh 'git push https://bitbucket.org/acme/app' }",
      ['1 credentials:bb git-push acme/app'],
    ],
    ['Jenkinsfile', "bitbucketStatusNotify(buildState: 'OK', credentialsId: 'bb')", ['1 credentials:bb rest']],
    [
      'Jenkinsfile',
      "withCredentials([usernamePassword(credentialsId: 'a', usernameVariable: 'U', passwordVariable: 'P'), string(variable: 'T', credentialsId: 'b')]) { sh 'git push https://$U:$P@bitbucket.org/acme/app' }",
      ['1 U+P git-push acme/app'],
    ],
    ['README.md', 'git clone https://$U:$P@bitbucket.org/acme/app.git', []],
  ])('%s: %s', (path, text, expected) => {
    expect(readsIn(path, text)).toEqual(expected)
  })
})

describe('bindings of one list', () => {
  it('stay apart', () => {
    const bindings = `usernamePassword(credentialsId: 'a', usernameVariable: 'U', passwordVariable: 'P'), string(variable: 'T', credentialsId: 'b')`
    const { derived } = flowOf('Jenkinsfile', `withCredentials([${bindings}]) { sh 'curl -u $U:$P bitbucket.org' }`)
    const told = derived.filter(({ from }) => from.some((name) => name.startsWith('credentials:')))
    expect(told.map(({ name, from }) => [name, ...from])).toEqual([
      ['U', 'credentials:a'],
      ['P', 'credentials:a'],
      ['T', 'credentials:b'],
    ])
  })
})

describe('a document of any size', () => {
  const LINES: readonly (readonly [string, string, string])[] = [
    ['pushes', 'x.sh', 'git push https://$U:$P@bitbucket.org/acme/app\n'],
    ['clones and pushes', 'x.sh', 'git clone https://$U@bitbucket.org/a/b\ngit push\n'],
    ['names after one another', 'x.sh', 'A=$B bitbucket\n'],
    ['addresses in one another', 'x.sh', 'A=https://$A@bitbucket.org/$A/$A\n'],
    ['functions', 'x.sh', 'f() { echo "$A"; }; bitbucket\n'],
    ['open functions', 'x.sh', 'f() { echo "$A" bitbucket\n'],
    ['steps', 'x.yml', '- run: git push https://$U:$P@bitbucket.org/acme/app\n'],
    ['logins', 'x.yml', '- {url: "https://bitbucket.org/a/b", password: $A}\n'],
    [
      'bindings',
      'Jenkinsfile',
      "withCredentials([string(credentialsId: 'a', variable: 'A')]) { sh 'curl -u $A bitbucket.org'\n",
    ],
    [
      'git bindings',
      'Jenkinsfile',
      "withCredentials([gitUsernamePassword(credentialsId: 'a')]) { sh 'git push https://bitbucket.org/a/b'\n",
    ],
    ['brackets', 'Jenkinsfile', '[[[[((((bitbucket credentialsId'],
    ['lookups', 'x.py', "a = os.environ['A'] + 'https://bitbucket.org/a/b'\n"],
    ['references', 'x.tf', 'a = "${var.a}${local.b}bitbucket.org"\n'],
  ]
  it.each(LINES)('full of %s is read in time that grows with it alone', (_, path, line) => {
    // Of the processor: other tests run beside this one.
    const timeOf = (bytes: number): number => {
      const text = line.repeat(Math.ceil(bytes / line.length))
      const start = process.cpuUsage()
      flowOf(path, text)
      return process.cpuUsage(start).user / 1000
    }
    timeOf(20_000)
    const [small, large] = [Math.min(timeOf(40_000), timeOf(40_000)), Math.min(timeOf(160_000), timeOf(160_000))]
    // Four times the bytes: quadratic would be sixteen times the time.
    expect(large).toBeLessThan(Math.max(small, 30) * 12)
  })

  it('is a result, not a throw, whatever stands in it', () => {
    const piece = fc.constantFrom(
      'bitbucket.org',
      'https://',
      '$',
      '{',
      '}',
      '(',
      ')',
      'git push ',
      "'",
      '"',
      '\n',
      'A=',
      '%A%',
      'withCredentials([',
      'credentialsId: ',
    )
    const path = fc.constantFrom(
      'a.sh',
      'a.yml',
      'Jenkinsfile',
      'a.tf',
      'a.py',
      'Makefile',
      '.env',
      'a.service',
      'a.json',
      'a',
    )
    fc.assert(
      fc.property(path, fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 40 }), (name, pieces) => {
        flowOf(name, pieces.join(''))
      }),
    )
  })

  it('shows no secret that stands where a name could', () => {
    const flow = flowOf('x.sh', `curl -u "$${ACCESS.slice(0, 20)}" https://bitbucket.org/x\nBB_TOKEN=${ACCESS}\n`)
    expect(JSON.stringify(flow)).not.toContain(ACCESS)
    const misplaced = flowOf(
      'x.sh',
      `git clone https://$U@bitbucket.org/${ACCESS}/a\ncurl -u $U https://bitbucket.org/x:${ACCESS}@b`,
    )
    expect(misplaced.reads).toHaveLength(2)
    expect(JSON.stringify(misplaced)).not.toContain(ACCESS)
  })
})
