import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse as parseProperties } from 'dot-properties'
import { parse as parseJsonc } from 'jsonc-parser'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import { memoryFiles } from '../../test/support/memory-files.ts'
import type { PlaceRef } from '../model/place.ts'
import { consumers } from './registry.ts'

const { OLD, NEW } = fixtureValues()
const MAIL = "o'neil+ci#1@example.com"

/** What a tool takes username and secret for, in a document that keyturn changed. */
interface Case {
  readonly tool: string
  readonly consumer: string
  readonly path: string
  readonly text: string
  readonly username?: string
  /** Lines: username and secret, as the tool itself reads them. Absent: the tool is not installed. */
  readonly read: (file: string, text: string) => readonly string[] | undefined
}

function run(command: string, arguments_: readonly string[], input?: string): readonly string[] | undefined {
  const outcome = spawnSync(command, arguments_, {
    encoding: 'utf8',
    timeout: 50_000,
    ...(input === undefined ? {} : { input }),
    env: { PATH: process.env['PATH'], HOME: tmpdir(), LC_ALL: 'C.UTF-8', CHECKPOINT_DISABLE: '1' },
  })
  if (outcome.error !== undefined && 'code' in outcome.error && outcome.error.code === 'ENOENT') return undefined
  if (outcome.status !== 0) throw new Error(`${command}: ${outcome.stderr.slice(0, 500)}`)
  return outcome.stdout.replace(/\n$/, '').split('\n')
}

const python = (program: string) => (file: string) => run('python3', ['-c', program, file])

const CASES: readonly Case[] = [
  {
    tool: 'JSON.parse',
    consumer: 'composer',
    path: 'auth.json',
    text: `{"http-basic": {"bitbucket.org": {"username": "alice", "password": "${OLD}"}}}\n`,
    read: (_, text) => Object.values(JSON.parse(text)['http-basic']['bitbucket.org']),
  },
  {
    tool: 'a reader of JSON with comments',
    consumer: 'renovate',
    path: 'renovate.json',
    text: `{\n  // for Bitbucket\n  "hostRules": [{"hostType": "bitbucket", "matchHost": "bitbucket.org", "username": "alice", "password": "${OLD}"}],\n}\n`,
    read: (_, text) => {
      const [{ username, password }] = parseJsonc(text).hostRules
      return [username, password]
    },
  },
  {
    tool: 'a parser of YAML, in double quotes',
    consumer: 'backstage',
    path: 'app-config.yaml',
    text: `integrations:\n  bitbucketCloud:\n    - username: "alice"\n      appPassword: "${OLD}" # old\n`,
    read: (_, text) => Object.values(parseYaml(text).integrations.bitbucketCloud[0]),
  },
  {
    tool: 'a parser of YAML, in single quotes and without any',
    consumer: 'backstage',
    path: 'app-config.yaml',
    text: `integrations:\n  bitbucketCloud:\n    - username: 'alice'\n      appPassword: ${OLD}\n`,
    read: (_, text) => Object.values(parseYaml(text).integrations.bitbucketCloud[0]),
  },
  {
    tool: 'kubectl',
    consumer: 'argocd',
    path: 'secret.yaml',
    text: `apiVersion: v1\nkind: Secret\nmetadata:\n  name: repo\n  labels: {argocd.argoproj.io/secret-type: repository}\ndata:\n  url: ${base64('https://bitbucket.org/acme/app.git')}\n  username: ${base64('alice')}\n  password: ${base64(OLD)}\n`,
    read: (file) => {
      const template = '{{.data.username | base64decode}}{{"\\n"}}{{.data.password | base64decode}}{{"\\n"}}'
      // Asks no cluster.
      return run('kubectl', ['annotate', '--local', '-f', file, 'a=b', '-o', `go-template=${template}`])
    },
  },
  {
    tool: 'a parser of properties',
    consumer: 'spring-cloud-config',
    path: 'application.properties',
    text: `spring.cloud.config.server.git.uri=https://bitbucket.org/acme/config.git\nspring.cloud.config.server.git.username=alice\nspring.cloud.config.server.git.password=${OLD}\n`,
    read: (_, text) => {
      const read = parseProperties(text)
      return ['username', 'password'].map((key) => String(read[`spring.cloud.config.server.git.${key}`]))
    },
  },
  {
    tool: 'bash, words without quotes',
    consumer: 'variables',
    path: 'ci.sh',
    text: `export BITBUCKET_USERNAME=alice\nexport BITBUCKET_APP_PASSWORD=${OLD}\n`,
    read: (file) => run('bash', ['-c', `. "$0"; printf '%s\\n' "$BITBUCKET_USERNAME" "$BITBUCKET_APP_PASSWORD"`, file]),
  },
  {
    tool: 'bash, in double quotes',
    consumer: 'variables',
    path: 'ci.sh',
    text: `BITBUCKET_USERNAME="alice"\nBITBUCKET_APP_PASSWORD="${OLD}"\n`,
    username: 'a$HOME`x`"b@example.com',
    read: (file) => run('bash', ['-c', `. "$0"; printf '%s\\n' "$BITBUCKET_USERNAME" "$BITBUCKET_APP_PASSWORD"`, file]),
  },
  {
    tool: 'make',
    consumer: 'variables',
    path: 'Makefile',
    text: `BITBUCKET_USERNAME := alice\nBITBUCKET_APP_PASSWORD := ${OLD}\nall:\n\t@: $(info $(BITBUCKET_USERNAME)) $(info $(BITBUCKET_APP_PASSWORD))\n`,
    username: 'alice+ci@example.com',
    read: (file) => run('make', ['-s', '-f', file]),
  },
  {
    tool: 'python, its own literals',
    consumer: 'prefect',
    path: 'blocks.py',
    text: `def BitBucketCredentials(**given):\n    print(given['username'], given['password'], sep='\\n')\n\n# from prefect_bitbucket import BitBucketCredentials\nBitBucketCredentials(username='alice', password="${OLD}")\n`,
    read: (file) => run('python3', [file]),
  },
  {
    tool: 'python, configparser',
    consumer: 'url-userinfo',
    path: 'pip.conf',
    text: `[global]\nindex-url = https://alice:${OLD}@bitbucket.org/acme/simple\n`,
    read: python(
      'import configparser, sys, urllib.parse as u\nc = configparser.RawConfigParser(); c.read(sys.argv[1])\n' +
        's = u.urlsplit(c["global"]["index-url"]); print(u.unquote(s.username), u.unquote(s.password), sep="\\n")',
    ),
  },
  {
    tool: 'python, tomllib',
    consumer: 'url-userinfo',
    path: 'pyproject.toml',
    text: `[tool.uv.sources]\nx = { git = "https://alice:${OLD}@bitbucket.org/acme/x.git" }\n`,
    read: python(
      'import sys, tomllib, urllib.parse as u\nt = tomllib.load(open(sys.argv[1], "rb"))\n' +
        's = u.urlsplit(t["tool"]["uv"]["sources"]["x"]["git"]); print(u.unquote(s.username), u.unquote(s.password), sep="\\n")',
    ),
  },
  {
    tool: 'python, ElementTree',
    consumer: 'nuget',
    path: 'NuGet.config',
    text: `<configuration><packageSources><add key="acme" value="https://api.bitbucket.org/2.0/x/index.json" /></packageSources><packageSourceCredentials><acme><add key="Username" value="alice" /><add key="ClearTextPassword" value="${OLD}" /></acme></packageSourceCredentials></configuration>\n`,
    read: python(
      'import sys, xml.etree.ElementTree as e\nfor a in e.parse(sys.argv[1]).findall("packageSourceCredentials/acme/add"): print(a.get("value"))',
    ),
  },
  {
    tool: 'terraform',
    consumer: 'variables',
    path: 'main.tf',
    text: `locals {\n  BITBUCKET_USERNAME = "alice"\n  BITBUCKET_APP_PASSWORD = "${OLD}"\n}\n`,
    username: ['a"b$', '{x}@example.com'].join(''),
    read: (file) => {
      const question = 'jsonencode([local.BITBUCKET_USERNAME, local.BITBUCKET_APP_PASSWORD])\n'
      const [printed] = run('terraform', [`-chdir=${dirname(file)}`, 'console'], question) ?? []
      return printed === undefined ? undefined : JSON.parse(JSON.parse(printed))
    },
  },
  {
    tool: 'git, the URL of a submodule',
    consumer: 'url-userinfo',
    path: 'modules.conf',
    text: `[submodule "x"]\n\turl = https://alice:${OLD}@bitbucket.org/acme/x.git\n`,
    read: (file) => {
      const [url] = run('git', ['config', '-f', file, 'submodule.x.url']) ?? []
      return url === undefined ? undefined : [new URL(url).username, new URL(url).password].map(decodeURIComponent)
    },
  },
]

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

async function changed({ consumer, path, text }: Case, username: string): Promise<string> {
  const connector = consumers.find(({ id }) => id === consumer)?.connector
  const detector = consumers.find(({ id }) => id === consumer)?.detector
  const file = `/somewhere/${path}`
  const { context, bytes } = memoryFiles(new Map([[file, Buffer.from(text)]]))
  const document = { path: file, bytes: bytes(file), seal: context.seal, companion: () => undefined }
  const place = detector?.detect(document).places.find((each) => each.username !== undefined)
  if (connector === undefined || place === undefined) throw new Error(`${consumer} finds nothing in ${path}`)
  const ref: PlaceRef = { id: place.id, consumer, at: place.at, address: place.address }
  const state = await connector.read(ref, context)
  if (state.kind === 'absent') throw new Error('absent')
  const change = { username: { set: username }, secret: { set: context.seal(NEW) } }
  const step = await connector.stageReplace(ref, state.digest, change, context)
  if (step.kind === 'conflict') throw new Error('a conflict')
  await step.commit()
  return bytes(file).toString('utf8')
}

describe('what was written, read by those who read it', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyturn-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test.for(CASES)('$tool ($consumer)', async (each, given) => {
    const username = each.username ?? MAIL
    const text = await changed(each, username)
    const file = join(folder, each.path)
    writeFileSync(file, text)
    const read = each.read(file, text)
    if (read === undefined) return given.skip(`${each.tool} is not installed`)
    expect(read).toEqual([username, NEW])
  })
})
