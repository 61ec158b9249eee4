/**
 * What a document is written in, told by its name; `text` where only what is embedded in it can be read, `binary` where most of that would be
 * chance.
 */
export type DocumentFormat =
  | 'json'
  | 'yaml'
  | 'toml'
  | 'xml'
  | 'ini'
  | 'properties'
  | 'dotenv'
  | 'shell'
  | 'make'
  | 'crontab'
  | 'systemd'
  | 'dockerfile'
  | 'hcl'
  | 'groovy'
  | 'php'
  | 'python'
  | 'javascript'
  | 'ruby'
  | 'go'
  | 'kotlin'
  | 'csharp'
  | 'rust'
  | 'java'
  | 'csv'
  | 'registry'
  | 'netrc'
  | 'git-credentials'
  | 'git-config'
  | 'text'
  | 'binary'

/** The first that fits. Names are compared in lower case, without the folder. */
const BY_NAME: readonly (readonly [RegExp, DocumentFormat])[] = [
  [/^[._]?netrc$/, 'netrc'],
  [/^\.?git-credentials$/, 'git-credentials'],
  [/^\.(gitconfig|gitmodules|lfsconfig)$|^gitconfig$|^config\.worktree$/, 'git-config'],
  [/^\.env($|[.-])|^\.?env\.(local|prod|dev|test|example|sample|list)|\.env($|\.)|^\.envrc$|^env$/, 'dotenv'],
  [/^(dockerfile|containerfile|earthfile)($|[.-])|\.dockerfile$/, 'dockerfile'],
  [/^(gnu)?makefile($|\.)|\.(mk|make)$/, 'make'],
  [/^jenkinsfile($|[.-])|\.(groovy|gradle|jenkinsfile|gvy)$|^scm$/, 'groovy'],
  [/^crontab($|\.)|\.cron(tab)?$/, 'crontab'],
  [/\.(service|timer|socket|mount|target|path)$/, 'systemd'],
  [/\.(tf|tfvars|hcl|nomad|tofu)$/, 'hcl'],
  [
    /\.(ya?ml|sls)(\.(erb|j2|tpl|tmpl|example|sample|dist|bak|old))?$|^\.?yarnrc\.yml$|^puppetfile\.ya?ml$|^kubeconfig$/,
    'yaml',
  ],
  [
    /\.(json[c5]?|code-workspace|tfstate|ipynb|lock\.json|har)(\.(bak|old|example|sample|dist|erb|j2|tpl))?$|^(composer|pipfile)\.lock$|^\.(babel|eslint|renovate)rc$/,
    'json',
  ],
  [/\.toml$|^(poetry|uv|pdm|cargo)\.lock$|^pipfile$/, 'toml'],
  [/\.(xml|pom|csproj|nuspec|config|plist|xhtml|svg)$/, 'xml'],
  [/\.properties$/, 'properties'],
  [/\.[ct]sv$/, 'csv'],
  [/\.reg$/, 'registry'],
  [/\.(ini|cfg|conf|cnf|inf)$|^\.?(hgrc|pypirc|s3cfg|boto|npmrc|pip\.conf)$|^hgrc$/, 'ini'],
  [
    /\.(sh|bash|zsh|ksh|fish|csh|ps1|psm1|bat|cmd|command|bats|profile)$|^\.(bash|zsh|t?csh|sh|ksh|fish)\w*$|^\.?profile$|_history$|^(zshrc|bashrc)$/,
    'shell',
  ],
  [/\.(php\d?|phtml|inc)$/, 'php'],
  [/\.(pyw?|pyi|bzl|star|sls\.py)$|^(sconstruct|wscript|build|workspace)$/, 'python'],
  [/\.([cm]?[jt]sx?|vue|svelte|dart)$/, 'javascript'],
  [
    /\.(rb|rake|gemspec|podspec|exs?|r)$|^(gemfile|rakefile|podfile|puppetfile|vagrantfile|fastfile|berksfile|capfile|brewfile)$/,
    'ruby',
  ],
  [/\.go$/, 'go'],
  [/\.kts?$/, 'kotlin'],
  [/\.cs$/, 'csharp'],
  [/\.rs$/, 'rust'],
  [/\.(java|scala|swift|c|cc|cpp|h|hpp|m|mm|pl|pm|lua|erl|clj)$/, 'java'],
]

/** Salt and others call it `.conf` too: the first line that says something is a key with a colon. */
const YAML_SETTINGS = /^(?:[ \t]*(?:#[^\n]*)?\n)*[A-Za-z_][\w.-]*:(?:[ \t][^\n]*)?\r?(?:\n|$)/

/** Where the folder tells and the name does not. */
const BY_FOLDER: readonly (readonly [RegExp, DocumentFormat])[] = [
  [/[\\/]var[\\/]spool[\\/]cron[\\/]|[\\/]etc[\\/]cron\.d[\\/][^\\/]+$/, 'crontab'],
  [/\.(?:service|timer|socket|mount|slice)\.d[\\/][^\\/]+\.conf$/, 'systemd'],
]

const PROGRAMS: ReadonlySet<DocumentFormat> = new Set([
  'php',
  'python',
  'javascript',
  'ruby',
  'go',
  'kotlin',
  'csharp',
  'rust',
  'java',
] as const)

/** A program, and no script of a build: those are Groovy. */
export function isProgram(format: DocumentFormat): boolean {
  return PROGRAMS.has(format)
}

export function formatOf(path: string, text: string): DocumentFormat {
  const placed = BY_FOLDER.find(([pattern]) => pattern.test(path))?.[1]
  if (placed !== undefined) return placed
  const name = lastName(path).toLowerCase()
  const named = BY_NAME.find(([pattern]) => pattern.test(name))?.[1]
  if (named === 'ini' && YAML_SETTINGS.test(text.slice(0, 2000))) return 'yaml'
  if (named !== undefined) return named
  if (/[\\/](\.git|modules)[\\/].*config$|[\\/]git[\\/]config$/.test(path)) return 'git-config'
  return sniffed(text)
}

/** Where git looks for the byte that no text has (`buffer_is_binary`, xdiff-interface.c). */
const BINARY_HEAD = 8000

/** Files without a telling name, and blobs that no tree names any more. */
function sniffed(text: string): DocumentFormat {
  if (text.slice(0, BINARY_HEAD).includes('\0')) return 'binary'
  const head = text.slice(0, 2000)
  const shebang = /^#!.*?\b(bash|sh|zsh|ksh|dash|python[\d.]*|node|php|ruby)\b/.exec(head)?.[1]
  if (shebang !== undefined) return SHEBANGS[shebang.replace(/[\d.]+$/, '')] ?? 'shell'
  if (/^\s*[{[]\s*["\]}{[]/.test(head)) return 'json'
  if (/^\s*<\?xml|^\s*<[a-zA-Z][\w.-]*[\s>]/.test(head)) return 'xml'
  if (/^<\?php/.test(head)) return 'php'
  if (/^\s*(machine|default)\s+\S+\s/m.test(head) && /\bpassword\s/.test(text)) return 'netrc'
  if (/^\[(core|remote "|url "|credential|http|user|submodule ")/m.test(head)) return 'git-config'
  if (/^\[[^\]\n]+\]\s*$/m.test(head)) return 'ini'
  if (/^(---|apiVersion:|[\w.-]+:(\s|$))/m.test(head) && !hasProse(head)) return 'yaml'
  if (/^(export\s+)?[A-Za-z_]\w*=/m.test(head)) return 'dotenv'
  return 'text'
}

/** What may stand at the beginning of a line of YAML: a key, an item, a comment, the end of a flow collection, a template. */
const YAML_LINE = /^(?:$|[ \t\r#%&*!|>"'[\]{}?-]|\.\.\.|[^\n]*:(?:[ \t\r]|$))/

/** Prose and programs have lines that name keys, too; but what goes on in YAML is indented. The last line may be cut. */
function hasProse(head: string): boolean {
  return !head
    .split('\n')
    .slice(0, -1)
    .every((line) => YAML_LINE.test(line))
}

const SHEBANGS: Readonly<Record<string, DocumentFormat>> = {
  bash: 'shell',
  sh: 'shell',
  python: 'python',
  node: 'javascript',
  php: 'php',
  ruby: 'ruby',
}

/** Of a path of any length: what a document calls a file may be a megabyte, and an expression for its end would begin at each character of it. */
export function lastName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}
