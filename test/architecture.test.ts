import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { ALONE } from './support/alone.ts'

const ROOT = resolve(import.meta.dirname, '..')

/** Who may import whom. The same table stands in ARCHITECTURE.md, and a test below holds the two together. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  model: [],
  formats: [],
  messages: ['model'],
  system: ['model'],
  bitbucket: ['model', 'system'],
  consumers: ['model', 'system', 'formats', 'bitbucket'],
  scan: ['model', 'system'],
  diagnose: ['model', 'system', 'bitbucket'],
  plan: ['model', 'bitbucket'],
  vault: ['model', 'system'],
  apply: ['model', 'system'],
  library: ['model', 'system', 'bitbucket', 'consumers', 'scan', 'diagnose', 'plan', 'apply', 'vault'],
  index: ['library', 'model', 'system', 'bitbucket', 'scan', 'diagnose', 'plan', 'apply'],
  cli: ['model', 'messages', 'index'],
  start: ['system', 'cli'],
  sandbox: [],
}

/** The command line alone also starts the sandbox (docs/decisions/0002). */
const SANDBOX_USERS = ['src/cli/commands/sandbox.ts', 'src/cli/commands/demo.ts', 'src/cli/demo/']

interface Source {
  readonly path: string
  readonly text: string
  readonly imports: readonly string[]
  /** Names used as `name` or `object.name`, comments and strings left out. */
  readonly mentions: ReadonlySet<string>
}

function sourcesBelow(folder: string): readonly Source[] {
  return filesBelow(join(ROOT, folder))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('/fixtures/'))
    .map((path) => parse(relative(ROOT, path), readFileSync(path, 'utf8')))
}

function filesBelow(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)))
}

function parse(path: string, text: string): Source {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const imports: string[] = []
  const mentions = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined &&
      ts.isStringLiteral(node.moduleSpecifier)
    )
      imports.push(node.moduleSpecifier.text)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [target] = node.arguments
      if (target !== undefined && ts.isStringLiteral(target)) imports.push(target.text)
    }
    if (ts.isPropertyAccessExpression(node))
      mentions.add(`${node.expression.getText()}.${node.name.text}`).add(`.${node.name.text}`)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return { path, text, imports, mentions }
}

/** The layer of a file: `model`, `consumers`, `index`, `sandbox`, ... */
function layerOf(path: string): string {
  const [top, second] = path.split('/')
  if (top !== 'src') return top ?? ''
  return second === 'index.ts' ? 'index' : (second ?? '')
}

function importedFiles(source: Source): readonly string[] {
  return source.imports
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(ROOT, resolve(ROOT, dirname(source.path), name)))
}

const product = sourcesBelow('src')
const sandbox = sourcesBelow('sandbox')

describe('architecture', () => {
  it('each folder imports only what ARCHITECTURE.md allows', () => {
    const broken = [...product, ...sandbox].flatMap((source) =>
      importedFiles(source)
        .filter((target) => {
          const [from, to] = [layerOf(source.path), layerOf(target)]
          if (from === to) return false
          if (to === 'sandbox') return !SANDBOX_USERS.some((user) => source.path.startsWith(user))
          return !(ALLOWED[from] ?? []).includes(to)
        })
        .map((target) => `${source.path} imports ${target}`),
    )
    expect(broken).toEqual([])
  })

  it('no consumer imports another consumer', () => {
    const broken = product
      .filter(({ path }) => /^src\/consumers\/[^/]+\//.test(path))
      .flatMap((source) =>
        importedFiles(source)
          .filter(
            (target) => /^src\/consumers\/[^/]+\//.test(target) && target.split('/')[2] !== source.path.split('/')[2],
          )
          .map((target) => `${source.path} imports ${target}`),
      )
    expect(broken).toEqual([])
  })

  it('only the command line prints, exits or reads arguments', () => {
    const terminal = [
      'process.stdout',
      'process.stderr',
      'process.stdin',
      'process.exit',
      'process.argv',
      'console.log',
      'console.error',
    ]
    expect(mentioning(product, terminal, (path) => ['cli', 'start'].includes(layerOf(path)))).toEqual([])
  })

  it('only src/system touches the disk and starts processes', () => {
    const broken = product
      .filter(({ path }) => layerOf(path) !== 'system')
      .flatMap((source) =>
        source.imports
          .filter((name) => /^node:(fs|child_process|net|http|https|tls)/.test(name))
          .map((name) => `${source.path} imports ${name}`),
      )
    expect(broken).toEqual([])
  })

  it('secrets are revealed only where they are used on the wire, in the vault, or written to their place', () => {
    const mayReveal = (path: string): boolean =>
      /^src\/(bitbucket|vault)\//.test(path) ||
      /^src\/consumers\/[^/]+\/connect\.ts$/.test(path) ||
      path === 'src/consumers/field-change.ts' ||
      path === 'src/consumers/git-verifier.ts'
    expect(mentioning(product, ['.reveal'], mayReveal)).toEqual([])
  })

  it('only src/system knows the time and chance', () => {
    const time = ['Date.now', 'Math.random', 'performance.now', 'crypto.randomUUID']
    expect(mentioning(product, time, (path) => layerOf(path) === 'system')).toEqual([])
    const reading = product.filter(({ path, text }) => layerOf(path) !== 'system' && /new Date\(\)/.test(text))
    expect(reading.map(({ path }) => path)).toEqual([])
  })

  it('no file is called by what it is not', () => {
    const names = [...product, ...sandbox]
      .map(({ path }) => path)
      .filter((path) => /(^|\/)(utils?|helpers?|common|core|manager|service|misc)(\.ts|\/)/.test(path))
    expect(names).toEqual([])
  })

  it('ARCHITECTURE.md shows the same table and every folder there is', () => {
    const page = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8')
    const rows = [...page.matchAll(/^\| `([a-z.]+)` \| (.+?) \|$/gm)].map(([, name = '', allowed = '']) => [
      name,
      [...allowed.matchAll(/`([a-z.]+)`/g)].map(([, item = '']) => item),
    ])
    expect(Object.fromEntries(rows)).toEqual(ALLOWED)
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
    for (const { name } of folders) expect(page).toContain(`src/${name}/`)
    for (const [, name = ''] of page.matchAll(/^- `((?:src|sandbox|test|tools|docs)\/[a-z/]*)`/gm))
      expect(statSync(join(ROOT, name)).isDirectory()).toBe(true)
  })
})

describe('tests', () => {
  it('that put something in the place of what others use are loaded alone, and no others', () => {
    const files = ['src', 'sandbox', 'test', 'tools'].flatMap((folder) => filesBelow(join(ROOT, folder)))
    const replacing = files
      .filter((path) => path.endsWith('.test.ts'))
      .filter((path) =>
        /^[^'"`/]*\b(vi\.(mock|doMock|stub\w+|useFakeTimers)|process\.chdir)\(/m.test(readFileSync(path, 'utf8')),
      )
      .map((path) => relative(ROOT, path))
    expect(replacing.sort()).toEqual([...ALONE])
  })
})

function mentioning(
  sources: readonly Source[],
  names: readonly string[],
  isAllowed: (path: string) => boolean,
): readonly string[] {
  return sources
    .filter(({ path }) => !isAllowed(path))
    .flatMap(({ path, mentions }) => names.filter((name) => mentions.has(name)).map((name) => `${path} uses ${name}`))
}
