import { decodeBasicPair } from '../../src/formats/base64-pair.ts'
import { byteText } from '../../src/formats/byte-text.ts'
import { readCodeFields } from '../../src/formats/code-fields.ts'
import { readCrontabCommands, readCrontabFields } from '../../src/formats/crontab-fields.ts'
import { readCsvFields } from '../../src/formats/csv-fields.ts'
import { readDockerfileCommands, readDockerfileFields } from '../../src/formats/dockerfile-fields.ts'
import { readDotenvFields } from '../../src/formats/dotenv-fields.ts'
import { urlsIn } from '../../src/formats/embedded-urls.ts'
import { decodedText, type FieldReading, plainText } from '../../src/formats/field.ts'
import { readGitConfig } from '../../src/formats/git-config.ts'
import { readGitCredentials } from '../../src/formats/git-credentials.ts'
import { readGroovyFields } from '../../src/formats/groovy-fields.ts'
import { readHclFields } from '../../src/formats/hcl-fields.ts'
import { readIniFields } from '../../src/formats/ini-fields.ts'
import { readJsonFields } from '../../src/formats/json-fields.ts'
import { readLineFields } from '../../src/formats/line-fields.ts'
import { type CodeLanguage, SYNTAXES } from '../../src/formats/literal-styles.ts'
import { readMakefileCommands, readMakefileFields } from '../../src/formats/makefile-fields.ts'
import { readNetrc } from '../../src/formats/netrc.ts'
import { readPropertiesFields } from '../../src/formats/properties-fields.ts'
import { readRegistryFields } from '../../src/formats/registry-fields.ts'
import { readShellCommands, readShellFields, readShellFieldsInside } from '../../src/formats/shell-fields.ts'
import { readWindowsAssignments } from '../../src/formats/shell-windows.ts'
import type { ShellCommand } from '../../src/formats/shell-words.ts'
import { readSystemdCommands, readSystemdFields } from '../../src/formats/systemd-fields.ts'
import { withoutTemplates } from '../../src/formats/template-mask.ts'
import { readTomlFields } from '../../src/formats/toml-fields.ts'
import { readUrl } from '../../src/formats/url.ts'
import { utf16Text } from '../../src/formats/utf16.ts'
import { readXml, salvageXml, type XmlElement } from '../../src/formats/xml.ts'
import { readXmlFields } from '../../src/formats/xml-fields.ts'
import { readYamlFields } from '../../src/formats/yaml-fields.ts'
import { readYamlLines } from '../../src/formats/yaml-lines.ts'
import { fieldProblems, textProblems } from './field-problems.ts'

/** Something of `src/formats` that takes any bytes. */
export interface FormatReader {
  readonly name: string
  /** Names of files that are written like that; seeds of such names come first. */
  readonly files: RegExp
  /** Reads, and does nothing else: what growth is measured of. */
  readonly read: (bytes: Buffer) => unknown
  /** What is wrong with what came out. */
  readonly problems: (bytes: Buffer) => readonly string[]
}

function fields(name: string, files: RegExp, read: (text: string) => FieldReading): FormatReader {
  const problems = (bytes: Buffer): readonly string[] => {
    const text = byteText(bytes)
    const { fields: found, problem } = read(text)
    const at = problem?.span
    const isOutside = at !== undefined && (at[0] < 0 || at[1] < at[0] || at[1] > text.length)
    return [...fieldProblems(text, found), ...(isOutside ? [`problem at ${at} of ${text.length} bytes`] : [])]
  }
  return { name, files, read: (bytes) => read(byteText(bytes)), problems }
}

function commands(name: string, files: RegExp, read: (text: string) => readonly ShellCommand[]): FormatReader {
  const problems = (bytes: Buffer): readonly string[] => {
    const text = byteText(bytes)
    return read(text).flatMap(({ words, inputs, redirects }) =>
      [...words, ...inputs, ...redirects.map(({ target }) => target)].flatMap((word) => [
        ...textProblems(text, word.value),
        ...word.references.flatMap(({ from, to }) => textProblems(text, word.part(from, to))),
      ]),
    )
  }
  return { name, files, read: (bytes) => read(byteText(bytes)), problems }
}

function plain(name: string, files: RegExp, problems: (bytes: Buffer) => readonly string[]): FormatReader {
  return { name, files, read: problems, problems }
}

const SHELL = /\.(?:sh|bash|bats|ps1|bat|cmd)$|rc$|history$|profile$/
const CODE: Readonly<Record<CodeLanguage, RegExp>> = {
  php: /\.php$/,
  python: /\.py$/,
  javascript: /\.[cm]?[jt]sx?$/,
  ruby: /\.(?:rb|podspec)$|file$/i,
  go: /\.go$/,
  java: /\.(?:java|swift|c)$/,
  scala: /\.scala$/,
  kotlin: /\.kts?$/,
  csharp: /\.cs$/,
  rust: /\.rs$/,
  groovy: /\.g(?:roovy|radle)$|Jenkinsfile/,
  hcl: /\.(?:tf|hcl|tfvars)$/,
}
const YAML = /\.(?:ya?ml|sls)$/
const XML = /\.(?:xml|config|csproj|nuspec|plist)$/

export const FORMATS: readonly FormatReader[] = [
  fields('json', /\.json|\.lock$|\.tfstate/, readJsonFields),
  fields('yaml', YAML, readYamlFields),
  fields('yaml line by line', YAML, (text) => ({ fields: readYamlLines(text, 0) })),
  fields('toml', /\.toml$|\.lock$/, readTomlFields),
  fields('xml', XML, readXmlFields),
  fields('ini', /\.(?:ini|cfg|conf)$|rc$/, (text) => readIniFields(text)),
  fields('properties', /\.properties$/, readPropertiesFields),
  fields('table', /\.csv$/, readCsvFields),
  fields('registry of Windows', /\.reg$/, readRegistryFields),
  fields('dotenv', /env/, readDotenvFields),
  fields('shell', SHELL, readShellFields),
  fields('shell of Windows', /\.(?:ps1|bat|cmd)$/, (text) => ({ fields: readWindowsAssignments(text) })),
  fields('shell inside', SHELL, (text) => ({
    fields: readShellFieldsInside(text, plainText(text, 0), {}),
  })),
  fields('makefile', /makefile|\.mk$/i, readMakefileFields),
  fields('crontab', /cron/, readCrontabFields),
  fields('crontab of the system', /cron/, (text) => readCrontabFields(text, { hasUser: true })),
  fields('systemd', /\.(?:service|timer)$/, readSystemdFields),
  fields('dockerfile', /dockerfile/i, readDockerfileFields),
  fields('hcl', CODE.hcl, readHclFields),
  fields('groovy', CODE.groovy, readGroovyFields),
  fields('lines', /./, readLineFields),
  ...(Object.keys(SYNTAXES) as CodeLanguage[]).map((language) =>
    fields(`code in ${language}`, CODE[language], (text) => readCodeFields(text, language)),
  ),
  commands('commands of shell', SHELL, readShellCommands),
  commands('commands of make', /makefile|\.mk$/i, readMakefileCommands),
  commands('commands of cron', /cron/, readCrontabCommands),
  commands('commands of systemd', /\.(?:service|timer)$/, readSystemdCommands),
  commands('commands of docker', /dockerfile/i, readDockerfileCommands),
  plain('netrc', /netrc/, netrcProblems),
  plain('git-config', /config|gitmodules/, gitConfigProblems),
  plain('git-credentials', /credentials/, credentialProblems),
  plain('xml elements', XML, xmlProblems),
  plain('utf-16', /./, (bytes) => {
    const wide = utf16Text(bytes)
    return wide === undefined ? [] : textProblems(byteText(bytes), wide)
  }),
  plain('urls', /./, (bytes) => {
    const text = byteText(bytes)
    const urls = urlsIn(text)
    readUrl(text)
    return urls.every(({ from, to }) => from >= 0 && from < to && to <= text.length)
      ? []
      : ['a URL outside of the text']
  }),
  plain('base64', /./, (bytes) => {
    const text = byteText(bytes)
    decodeBasicPair(text)
    return textProblems(text, decodedText(plainText(text, 0)))
  }),
  plain('templates', YAML, (bytes) => {
    const text = byteText(bytes)
    return withoutTemplates(text).length === text.length ? [] : ['another length']
  }),
]

function netrcProblems(bytes: Buffer): readonly string[] {
  const { entries } = readNetrc(bytes)
  const tokens = entries.flatMap(({ host, login, password, account }) => [host, login, password, account])
  return tokens.flatMap((token) => {
    if (token === undefined || token === 'default') return []
    const { span, outer } = token
    return outer[0] <= span[0] && span[0] <= span[1] && span[1] <= outer[1] && outer[1] <= bytes.length
      ? []
      : [`token at ${span} in ${outer}`]
  })
}

function gitConfigProblems(bytes: Buffer): readonly string[] {
  const { entries, sections } = readGitConfig(bytes)
  const spans = [...entries, ...sections].map(({ span }) => span)
  return spans.every(([from, to]) => from >= 0 && from <= to && to <= bytes.length)
    ? []
    : ['a span outside of the file']
}

function credentialProblems(bytes: Buffer): readonly string[] {
  const lines = readGitCredentials(bytes)
  const whole = byteText(bytes)
  const isRight = lines.every(({ span, text }) => whole.slice(...span) === text)
  return isRight ? [] : ['a line that is another']
}

function xmlProblems(bytes: Buffer): readonly string[] {
  const reading = readXml(bytes)
  const roots = [...(reading.kind === 'document' ? [reading.root] : []), ...salvageXml(bytes).roots]
  const open: XmlElement[] = [...roots]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { outer, inner = [outer[0], outer[0]], children } = next
    if (
      !(
        outer[0] >= 0 &&
        outer[0] <= inner[0] &&
        inner[0] <= inner[1] &&
        inner[1] <= outer[1] &&
        outer[1] <= bytes.length
      )
    )
      return [`element at ${outer} with content at ${inner}`]
    open.push(...children)
  }
  return []
}
