import { describe, expect, it } from 'vitest'
import { documentOf } from '../../test/contract/detector.ts'
import { consumers } from './registry.ts'
import { variableReader } from './variable-flow.ts'

const read = variableReader(consumers)
const API = 'https://api.bitbucket.org/2.0/repositories/acme/app'

/** How each use of `BB_PW` presents it. */
function spelledIn(path: string, text: string): readonly (string | undefined)[] {
  const { reads } = read(documentOf(new Map([[path, Buffer.from(text)]]), path), [])
  return reads.flatMap(({ names, uses }) => (names.includes('BB_PW') ? uses.map(({ spelled }) => spelled) : []))
}

describe('a program presents a variable', () => {
  it.each([
    ['x.py', `requests.get('${API}', auth=('alice', os.environ['BB_PW']))\n`],
    ['x.py', `requests.get('${API}', auth=HTTPBasicAuth(os.environ["BB_U"], os.environ.get("BB_PW")))\n`],
    ['x.py', `pw = os.environ['BB_PW']\nr = requests.get('${API}', auth=('alice', pw))\n`],
    ['x.py', `pw: str = os.getenv('BB_PW')\nBB = Cloud(url='${API}', username='alice', password=pw)\n`],
    ['x.py', `pair = f"alice:{os.environ['BB_PW']}"\nrequests.get('${API}', headers=basic(pair))\n`],
    ['x.js', `const api = '${API}'\naxios.get(api, { auth: { username: 'alice', password: process.env.BB_PW } })\n`],
    ['x.js', `const pw = process.env.BB_PW\nfetch('${API}', { headers: basic(btoa(\`alice:\${pw}\`)) })\n`],
    ['x.js', `fetch('${API}', { headers: { a: 'Basic ' + btoa('alice:' + process.env.BB_PW) } })\n`],
    ['x.rb', `open('${API}', http_basic_authentication: ['alice', ENV['BB_PW']])\n`],
    ['x.go', `r, _ := http.NewRequest("GET", "${API}", nil)\nr.SetBasicAuth("alice", os.Getenv("BB_PW"))\n`],
    ['x.java', `var u = "${API}";\nString pw = System.getenv("BB_PW");\nvar c = Credentials.basic("alice", pw);\n`],
    ['x.php', `$pw = getenv('BB_PW');\n$c->get('${API}', ['auth' => ['alice', $pw]]);\n`],
  ])('beside a name, which is of its own where it is written there and no e-mail, in %s: %s', (path, text) => {
    const isWritten = text.includes('alice')
    expect(spelledIn(path, text)).toEqual([isWritten ? 'under a name of its own' : 'beside a name'])
    if (isWritten) expect(spelledIn(path, text.replace('alice', 'alice@acme.example'))).toEqual(['beside a name'])
  })

  it.each([
    ['x.js', `get(\`https://\${name}:\${process.env.BB_PW}@api.bitbucket.org/2.0/repositories/acme/app\`)\n`],
    ['x.py', `pw = os.environ['BB_PW']\nget(f'https://{name}:{pw}@api.bitbucket.org/2.0/user')\n`],
  ])('in a URL, in %s: %s', (path, text) => {
    expect(spelledIn(path, text)).toEqual(['in a URL'])
  })

  it.each([
    ['x.py', `requests.get('${API}', headers={'Authorization': f"Bearer {os.environ['BB_PW']}"})\n`],
    ['x.py', `pw = os.environ['BB_PW']\nrequests.get('${API}', headers={'Authorization': 'Bearer ' + pw})\n`],
    ['x.js', `const a = axios.create({ baseURL: '${API}', token: process.env.BB_PW })\n`],
    ['x.go', `u := "${API}"\npw := os.Getenv("BB_PW")\nr.Header.Set("Authorization", "Bearer "+pw)\n`],
    [
      'x.py',
      `subprocess.run(['git', 'clone', 'https://alice:' + os.environ['BB_PW'] + '@bitbucket.org/acme/app.git'])\n`,
    ],
  ])('by itself, or for git, in %s: %s', (path, text) => {
    expect(spelledIn(path, text)).toEqual([undefined])
  })
})

describe('a document hands a variable over', () => {
  it.each([
    ['x.yml', `bitbucket:\n  url: ${API}\n  username: alice\n  password: \${BB_PW}\n`],
    ['x.json', `{"api": "${API}", "auth": {"user": "alice", "pass": "\${BB_PW}"}}`],
    ['x.yml', `url: ${API}\nauth: alice:\${BB_PW}\n`],
    [
      'jenkins.yaml',
      'credentials:\n  system:\n    domainCredentials:\n    - credentials:\n      - usernamePassword:\n          id: bb\n          username: alice\n          password: ${BB_PW}\njobs:\n  - script: |\n      branchSources { branchSource { source { bitbucket { repoOwner("acme"); credentialsId("bb") } } } }\n',
    ],
  ])('beside a name, in %s: %s', (path, text) => {
    const how = path === 'jenkins.yaml' ? 'beside a name' : 'under a name of its own'
    expect(new Set(spelledIn(path, text))).toContain(how)
    expect(new Set(spelledIn(path, text.replace(/\balice\b/, '${BB_USER}')))).toContain('beside a name')
  })

  it.each([
    ['x.yml', `bitbucket:\n  url: ${API}\n  token: \${BB_PW}\n`],
    ['x.yml', `url: ${API}\nauth: Bearer \${BB_PW}\n`],
    ['x.yml', 'url: https://bitbucket.org/acme/app.git\nusername: alice\npassword: ${BB_PW}\n'],
  ])('by itself, or for git, in %s: %s', (path, text) => {
    expect(spelledIn(path, text)).toEqual([undefined])
  })

  it('to the step httpRequest of Jenkins, which signs in with a username', () => {
    const text = `httpRequest authentication: 'bb', url: '${API}/pullrequests'\n`
    const { reads } = read(documentOf(new Map([['Jenkinsfile', Buffer.from(text)]]), 'Jenkinsfile'), [])
    expect(reads.flatMap(({ uses }) => uses.map(({ spelled }) => spelled))).toEqual(['beside a name'])
  })
})
