import fc from 'fast-check'

/** What stands under one key of a document, and how a careful author writes it there. */
export interface Entry {
  readonly key: string
  readonly value: string
  /** Chooses among the ways in which the format can write it. */
  readonly style: number
  readonly comment: string | undefined
}

/** A credential among neighbours that have nothing to do with it. */
export interface Material {
  readonly entries: readonly Entry[]
  readonly lineEnd: '\n' | '\r\n'
  /** Chooses the frame of the document. */
  readonly frame: number
}

export interface Family {
  readonly name: string
  /** Of the document, which tells its format. */
  readonly path: string
  readonly write: (material: Material) => string
  readonly encoding?: 'utf16le'
}

export interface OldCredential {
  readonly username: string
  readonly secret: string
}

/** Blanks, quotes and all that some format gives a meaning to. */
const HOSTILE = [...'\'"\\`$#%{}()[]<>&|;:,!?*~^=+-@./_ é€😀']
const WORD = fc.stringMatching(/^[a-z]{3,7}$/)
const VALUE = fc.oneof(
  { weight: 2, arbitrary: WORD },
  { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom(...'aZ09', ...HOSTILE), minLength: 1, maxLength: 9 }) },
)
const COMMENT = fc.option(
  fc.string({ unit: fc.constantFrom(...'abc \'"#'), maxLength: 8 }).map((text) => `c ${text.trim()}`),
  { nil: undefined, freq: 3 },
)

const NEIGHBOUR: fc.Arbitrary<Entry> = fc.record({
  key: WORD.map((word) => `N_${word}`),
  value: VALUE,
  style: fc.nat(59),
  comment: COMMENT,
})

/** The ways in which a credential may be held: two values, a URL, a header. */
function credentialEntries({ username, secret }: OldCredential): fc.Arbitrary<readonly Entry[]> {
  const entry = (key: string, value: string): fc.Arbitrary<Entry> =>
    fc.record({ key: fc.constant(key), value: fc.constant(value), style: fc.nat(59), comment: COMMENT })
  const basic = Buffer.from(`${username}:${secret}`).toString('base64')
  return fc.oneof(
    { weight: 3, arbitrary: pair(entry('BITBUCKET_USERNAME', username), entry('BITBUCKET_APP_PASSWORD', secret)) },
    {
      weight: 2,
      arbitrary: entry('N_url', `https://${username}:${secret}@bitbucket.org/acme/app.git`).map((one) => [one]),
    },
    { weight: 1, arbitrary: entry('BITBUCKET_AUTH', `Basic ${basic}`).map((one) => [one]) },
    { weight: 1, arbitrary: entry('BITBUCKET_AUTH_STRING', `${username}:${secret}`).map((one) => [one]) },
  )
}

function pair(one: fc.Arbitrary<Entry>, other: fc.Arbitrary<Entry>): fc.Arbitrary<readonly Entry[]> {
  return fc
    .tuple(one, fc.array(NEIGHBOUR, { maxLength: 1 }), other, fc.boolean())
    .map(([name, between, secret, isTurned]) => (isTurned ? [secret, ...between, name] : [name, ...between, secret]))
}

export function materials(old: OldCredential): fc.Arbitrary<Material> {
  const neighbours = fc.array(NEIGHBOUR, { maxLength: 3 })
  return fc
    .record({
      before: neighbours,
      credential: credentialEntries(old),
      after: neighbours,
      lineEnd: fc.constantFrom('\n' as const, '\n' as const, '\r\n' as const),
      frame: fc.nat(59),
    })
    .map(({ before, credential, after, ...rest }) => ({
      ...rest,
      // A key stands once.
      entries: [...before, ...credential, ...after].map((entry, index) =>
        entry.key.startsWith('N_') ? { ...entry, key: `${entry.key}_${index}` } : entry,
      ),
    }))
}

type Way = (value: string) => string | undefined

/** The chosen way if it can hold the value, or the next that can. */
function written({ value, style }: Entry, ways: readonly Way[]): string {
  for (let index = 0; index < ways.length; index++) {
    const text = ways[(style + index) % ways.length]?.(value)
    if (text !== undefined) return text
  }
  // Every format holds a word.
  return 'plain'
}

const unless =
  (pattern: RegExp, write: (value: string) => string): Way =>
  (value) =>
    pattern.test(value) ? undefined : write(value)
const escaped = (characters: string, value: string): string =>
  [...value].map((each) => (characters.includes(each) ? `\\${each}` : each)).join('')
const units = (value: string, chosen: RegExp): string =>
  value
    .split('')
    .map((unit) => (chosen.test(unit) ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}` : unit))
    .join('')

function lines({ lineEnd }: Material, all: readonly (string | undefined)[]): string {
  return `${all.filter((each) => each !== undefined).join('\n')}\n`.replaceAll('\n', lineEnd)
}

const noted =
  (mark: string, end = '') =>
  ({ comment }: Entry): string | undefined =>
    comment === undefined ? undefined : `${mark} ${comment}${end}`

const JSON_WAYS: readonly Way[] = [
  JSON.stringify,
  (value) => JSON.stringify(value).replaceAll('/', '\\/'),
  (value) => units(JSON.stringify(value), /[^\x20-\x7e]|['<>&@]/),
]

function json(material: Material): string {
  const { frame, entries } = material
  const indent = ['  ', '\t', '    '][frame % 3] ?? ''
  const members = entries.map((entry, index) => {
    const comma = index < entries.length - 1 ? ',' : ''
    return `${indent}${JSON.stringify(entry.key)}: ${written(entry, JSON_WAYS)}${comma}`
  })
  if (frame % 4 === 0) return lines(material, [`{${members.map((each) => each.trim()).join(' ')}}`])
  if (frame % 4 === 1)
    return lines(material, ['{', `${indent}"env": {`, ...members.map((each) => indent + each), `${indent}}`, '}'])
  return lines(material, ['{', ...members, '}'])
}

function jsonWithComments(material: Material): string {
  const members = material.entries.flatMap((entry) => [
    entry.comment === undefined
      ? undefined
      : entry.style % 2 === 0
        ? `  // ${entry.comment}`
        : `  /* ${entry.comment} */`,
    `  ${JSON.stringify(entry.key)}: ${written(entry, JSON_WAYS)},`,
  ])
  return lines(material, ['{', ...members, '}'])
}

const YAML_PLAIN = unless(
  /^[^A-Za-z]|: |:$| #|[,[\]{}]|^\s|\s$|^(?:y|n|yes|no|on|off|true|false|null)$/i,
  (value) => value,
)
const YAML_QUOTED: readonly Way[] = [
  (value) => `'${value.replaceAll("'", "''")}'`,
  (value) => `"${escaped('"\\', value)}"`,
  (value) => `"${units(escaped('"\\', value), /[^\x20-\x7e]|[:@']/)}"`,
]
const YAML_WAYS: readonly Way[] = [
  YAML_PLAIN,
  ...YAML_QUOTED,
  (value) => YAML_PLAIN(value) && `&anchor-${value.length} ${value}`,
  (value) => `&a${value.length} "${escaped('"\\', value)}"`,
  (value) => `!!str '${value.replaceAll("'", "''")}'`,
]
const YAML_BLOCKS: readonly Way[] = [
  unless(/^\s|\s$/, (value) => `|-\n    ${value}`),
  unless(/^\s|\s$/, (value) => `>-\n    ${value}`),
  unless(/^\s|\s$/, (value) => `|2-\n    ${value}`.replace('|2-\n    ', '|-2\n    ')),
]

function yaml(material: Material): string {
  const { frame, entries } = material
  if (frame % 4 === 0) {
    const members = entries.map((entry) => `${entry.key}: ${written(entry, [YAML_PLAIN, ...YAML_QUOTED])}`)
    return lines(material, ['# all in one', `env: {${members.join(', ')}}`, 'last: 1'])
  }
  const members = entries.flatMap((entry) => [
    entry.style % 2 === 0 ? noted('  #')(entry) : undefined,
    `  ${entry.key}: ${written(entry, [...YAML_WAYS, ...(frame % 2 === 0 ? YAML_BLOCKS : [])])}`,
  ])
  if (frame % 4 === 1) return lines(material, ['---', 'env:', ...members, '---', 'other: {a: 1}'])
  return lines(material, ['env:', ...members, 'last: [1, "two"]'])
}

function toml(material: Material): string {
  const ways: readonly Way[] = [
    (value) => `"${escaped('"\\', value)}"`,
    unless(/'/, (value) => `'${value}'`),
    (value) => `"""${escaped('"\\', value)}"""`,
    unless(/'/, (value) => `'''${value}'''`),
    (value) => `"${units(escaped('"\\', value), /[@:]/)}"`,
  ]
  const members = material.entries.map((entry) => {
    const comment = entry.comment === undefined ? '' : ` # ${entry.comment}`
    return `${entry.key} = ${written(entry, ways)}${comment}`
  })
  if (material.frame % 3 === 0)
    return lines(material, [
      `env = { ${material.entries.map((entry) => `${entry.key} = ${written(entry, ways)}`).join(', ')} }`,
    ])
  return lines(material, ['title = "x"', '[env]', ...members, '[last]', 'a = 1'])
}

const xmlText = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function xml(material: Material): string {
  const ways: readonly Way[] = [
    xmlText,
    (value) => [...xmlText(value)].map((each) => (/[@:']/.test(each) ? `&#${each.charCodeAt(0)};` : each)).join(''),
    unless(/^\s|\s$/, (value) => `<![CDATA[${value}]]>`),
  ]
  const attributes: readonly Way[] = [
    (value) => `"${xmlText(value).replaceAll('"', '&quot;')}"`,
    (value) => `'${xmlText(value).replaceAll("'", '&#x27;')}'`,
  ]
  const isByAttribute = material.frame % 3 === 0
  const members = material.entries.flatMap((entry) => [
    entry.comment === undefined ? undefined : `  <!-- ${entry.comment} -->`,
    isByAttribute
      ? `  <add key="${entry.key}" value=${written(entry, attributes)} />`
      : `  <${entry.key}>${written(entry, ways)}</${entry.key}>`,
  ])
  return lines(material, ['<?xml version="1.0" encoding="UTF-8"?>', '<settings>', ...members, '</settings>'])
}

function ini(material: Material): string {
  const separator = ['=', ' = ', ': '][material.frame % 3] ?? '='
  const ways: readonly Way[] = [unless(/^\s|\s$|^["'#;]|[ ][;#]/, (value) => value)]
  const members = material.entries.flatMap((entry) => [
    entry.style % 2 === 0 ? noted(';')(entry) : noted('#')(entry),
    `${entry.key}${separator}${written(entry, ways)}`,
  ])
  return lines(material, ['[env]', ...members, '', '[last]', 'a = 1'])
}

function properties(material: Material): string {
  const separator = ['=', ' = ', ': ', ' '][material.frame % 4] ?? '='
  const safe = (value: string): string => units(escaped('\\', value), /[^\x20-\x7e]/).replace(/^ /, '\\ ')
  const ways: readonly Way[] = [
    unless(/^[=:]/, safe),
    (value) => escaped(':=#!', safe(value).replaceAll('\\\\', '\u0000')).replaceAll('\u0000', '\\\\'),
    (value) => units(value, /[^A-Za-z0-9]/),
  ]
  const members = material.entries.flatMap((entry) => [
    entry.style % 2 === 0 ? noted('!')(entry) : noted('#')(entry),
    `${entry.key}${separator}${written(entry, ways)}`,
  ])
  return lines(material, members)
}

const SINGLE: Way = (value) => `'${escaped("'\\", value)}'`
const DOUBLE: Way = (value) => `"${escaped('"\\', value)}"`

const SHELL_WORD = unless(/[^\w.@+=%:,/-]/, (value) => value)
const SHELL_WAYS: readonly Way[] = [
  SHELL_WORD,
  (value) => `'${value.replaceAll("'", "'\\''")}'`,
  (value) => `"${escaped('"\\$`', value)}"`,
  (value) => [...value].map((each) => (/[\w.@+=%:,/\x80-\u{10ffff}-]/u.test(each) ? each : `\\${each}`)).join(''),
  (value) => `$'${escaped("'\\", value)}'`,
]

function dotenv(material: Material): string {
  const ways: readonly Way[] = [
    SHELL_WORD,
    unless(/'/, (value) => `'${value}'`),
    unless(/["\\$`]/, (value) => `"${value}"`),
  ]
  const members = material.entries.flatMap((entry) => [
    noted('#')(entry),
    `${material.frame % 3 === 0 ? 'export ' : ''}${entry.key}=${written(entry, ways)}`,
  ])
  return lines({ ...material, lineEnd: '\n' }, members)
}

function shell(material: Material): string {
  const members = material.entries.flatMap((entry) => [
    noted('#')(entry),
    `${entry.style % 2 === 0 ? 'export ' : ''}${entry.key}=${written(entry, SHELL_WAYS)}`,
  ])
  const isWrapped = material.frame % 3 === 0
  return lines({ ...material, lineEnd: '\n' }, [
    '#!/bin/bash',
    ...(isWrapped ? ['if true; then', ...members.map((each) => each && `  ${each}`), 'fi'] : members),
  ])
}

/** Commands that are run with what is meant: `show` prints its arguments. */
function commands(material: Material): string {
  const words = (separator: string) =>
    material.entries.map((entry) => `${entry.key}=${written(entry, SHELL_WAYS)}`).join(separator)
  return lines({ ...material, lineEnd: '\n' }, [
    '#!/bin/bash',
    `env ${words(material.frame % 2 === 0 ? ' ' : ' \\\n  ')} show`,
  ])
}

function heredoc(material: Material): string {
  const isQuoted = material.frame % 2 === 0
  const members = material.entries.map(({ key, value }) => `${key}=${isQuoted ? value : escaped('\\$`', value)}`)
  return lines({ ...material, lineEnd: '\n' }, [
    '#!/bin/bash',
    `cat > app.env <<${isQuoted ? "'END'" : 'END'}`,
    ...members,
    'END',
    'true',
  ])
}

function make(material: Material): string {
  const ways: readonly Way[] = [unless(/^\s|\s$|\\/, (value) => value.replaceAll('$', '$$$$').replaceAll('#', '\\#'))]
  const operator = [' = ', ' := ', '?=', '::='][material.frame % 4] ?? '='
  const members = material.entries.flatMap((entry) => [
    noted('#')(entry),
    `${entry.key}${operator}${written(entry, ways)}`,
  ])
  return lines({ ...material, lineEnd: '\n' }, [...members, 'all:', '\t@true'])
}

/** Lines of settings, or a job that hands them to a command; cron takes the backslash off before each percent sign. */
function crontab(material: Material): string {
  const around = ['=', ' = ', '\t=\t'][material.frame % 3] ?? '='
  const settings: readonly Way[] = [
    unless(/^[\s"']|\s$/, (value) => value),
    unless(/"/, (value) => `"${value}"`),
    unless(/'/, (value) => `'${value}'`),
  ]
  const members = material.entries.flatMap((entry) => [
    noted('#')(entry),
    `${entry.key}${around}${written(entry, settings)}`,
  ])
  if (material.frame % 2 === 0) return lines({ ...material, lineEnd: '\n' }, [...members, '@daily true'])
  const ways = SHELL_WAYS.map((way): Way => unless(/\\(?=%)|\\$/, (value) => way(value)?.replaceAll('%', '\\%') ?? ''))
  const words = material.entries.map((entry) => `${entry.key}=${written(entry, ways)}`)
  return lines({ ...material, lineEnd: '\n' }, ['SHELL=/bin/bash', `*/5 0-6 * * 1,2 env ${words.join(' ')} show`])
}

/** `Environment=`, several to a line or one, and a command that is handed the same. */
function systemd(material: Material): string {
  const letter = (each: string): string => (/[\w.@+=:,/-]/.test(each) ? each : `\\x${each.charCodeAt(0).toString(16)}`)
  const inside = (value: string): string => escaped('\\', value).replaceAll('%', '%%')
  const isCommand = material.frame % 3 === 0
  const dollars = (value: string): string => (isCommand ? value.replaceAll('$', '$$$$') : value)
  const ways = (key: string): readonly Way[] => [
    unless(/[^\w.@+=%:,/-]/, (value) => `${key}=${inside(value)}`),
    unless(/"/, (value) => `"${key}=${dollars(inside(value))}"`),
    unless(/'/, (value) => `'${key}=${dollars(inside(value))}'`),
    unless(/"/, (value) => `${key}="${dollars(inside(value))}"`),
    (value) => `"${key}=${escaped('"', dollars(inside(value)))}"`,
    unless(/[^\x20-\x7e]|\$/, (value) => `${key}=${[...value].map(letter).join('')}`),
  ]
  const words = material.entries.map((entry) => written(entry, ways(entry.key)))
  const head = ['[Unit]', 'Description=x', '', '[Service]']
  if (isCommand) return lines(material, [...head, `ExecStart=/usr/bin/env ${words.join(' \\\n  ')} show`])
  if (material.frame % 3 === 1)
    return lines(material, [...head, `Environment=${words.join(' ')}`, 'ExecStart=/bin/true'])
  const members = material.entries.flatMap((entry, index) => [noted('#')(entry), `Environment=${words[index]}`])
  return lines(material, [...head, ...members, 'ExecStart=/bin/true'])
}

function dockerfile(material: Material): string {
  const ways: readonly Way[] = [
    SHELL_WORD,
    (value) => `'${value.replaceAll("'", "'\\''")}'`,
    unless(/`/, (value) => `"${escaped('"\\$', value)}"`),
    (value) => [...value].map((each) => (/[\w.@+=%:,/\x80-\u{10ffff}-]/u.test(each) ? each : `\\${each}`)).join(''),
  ]
  const pairs = material.entries.map((entry) => `${entry.key}=${written(entry, ways)}`)
  const joined = pairs.join(material.frame % 2 === 0 ? ' ' : ' \\\n  ')
  if (material.frame % 4 === 0) return lines({ ...material, lineEnd: '\n' }, ['FROM scratch', `RUN env ${joined} show`])
  if (material.frame % 4 === 1) return lines(material, ['FROM scratch', `ENV ${joined}`, 'RUN true'])
  const members = material.entries.flatMap((entry, index) => [
    noted('#')(entry),
    `${entry.style % 2 === 0 ? 'ENV' : 'ARG'} ${pairs[index]}`,
  ])
  return lines(material, ['FROM scratch', ...members])
}

/** Settings of a pipeline, or of a script. */
function groovy(material: Material): string {
  const slashes = (value: string): string => value.replaceAll('/', '\\/')
  const ways: readonly Way[] = [
    SINGLE,
    (value) => `"${escaped('"\\$', value)}"`,
    (value) => `'''${escaped("'\\", value)}'''`,
    (value) => `"""${escaped('"\\$', value)}"""`,
    unless(/[\\$]|^[*=\s]/, (value) => `/${slashes(value)}/`),
    (value) => `"${units(escaped('"\\$', value), /[@:]/)}"`,
  ]
  const isPipeline = material.frame % 2 === 0
  const members = material.entries.flatMap((entry) => [
    noted('//')(entry),
    `${isPipeline ? '    ' : ''}${entry.key} = ${written(entry, ways)}`,
  ])
  if (!isPipeline) return lines(material, [...members, 'println 1'])
  const frame = ['pipeline {', '  agent any', '  environment {', ...members, '  }', '  stages { }', '}']
  return lines(material, frame)
}

const HCL_QUOTED: Way = (value) => `"${escaped('"\\', value).replace(/[$%]\{/g, (mark) => mark.charAt(0) + mark)}"`

function hcl(material: Material): string {
  const ways: readonly Way[] = [
    unless(/\$\$\{|%%\{/, (value) => HCL_QUOTED(value) ?? ''),
    unless(/[\ud800-\udfff]/, (value) => `"${units(value, /[^A-Za-z0-9]/)}"`),
    unless(/[$%]\{|^\s|\s$/, (value) => `<<EOT\n${value}\nEOT`),
    unless(/[$%]\{|^\s|\s$/, (value) => `<<-EOT\n    ${value}\n  EOT`),
  ]
  const members = material.entries.flatMap((entry) => [
    entry.style % 2 === 0 ? noted('  #')(entry) : noted('  //')(entry),
    `  ${entry.key} = ${written(entry, ways)}`,
  ])
  return lines(material, ['locals {', ...members, '}'])
}

function csv(material: Material): string {
  const cell = ({ value, style }: Entry): string =>
    /[",]/.test(value) || style % 3 === 0 ? `"${value.replaceAll('"', '""')}"` : value
  const { entries } = material
  return lines(material, [`first,${entries.map(({ key }) => key).join(',')}`, `1,${entries.map(cell).join(',')}`])
}

function registry(material: Material): string {
  const members = material.entries.map(({ key, value }) => `"${key}"="${escaped('"\\', value)}"`)
  return lines({ ...material, lineEnd: '\r\n' }, [
    'Windows Registry Editor Version 5.00',
    '',
    '[HKEY_CURRENT_USER\\Environment]',
    ...members,
  ])
}

const encoded = (value: string): string => Buffer.from(value).toString('base64')

function manifest(material: Material): string {
  const members = material.entries.map((entry) => {
    const text = encoded(entry.value)
    return `  ${entry.key}: ${['', "'", '"'][entry.style % 3]}${text}${['', "'", '"'][entry.style % 3]}`
  })
  return lines(material, ['apiVersion: v1', 'kind: Secret', 'metadata:', '  name: bitbucket', 'data:', ...members])
}

/** A whole file of settings, as base64, in a manifest. */
function fileInManifest(material: Material): string {
  const inner = material.frame % 2 === 0 ? dotenv(material) : json(material)
  const text = encoded(inner).replace(/(.{60})(?=.)/g, material.frame % 3 === 0 ? '$1\n    ' : '$1')
  const name = material.frame % 2 === 0 ? 'app.env' : 'app.json'
  return lines({ ...material, lineEnd: '\n' }, [
    'kind: Secret',
    'data:',
    `  ${name}: ${text.includes('\n') ? `|\n    ${text}` : text}`,
  ])
}

function program(
  declare: (key: string, text: string) => string,
  ways: readonly Way[],
  frame: readonly [string, string] = ['', ''],
) {
  return (material: Material): string =>
    lines(material, [
      ...(frame[0] === '' ? [] : [frame[0]]),
      ...material.entries.map((entry) => declare(entry.key, written(entry, ways))),
      ...(frame[1] === '' ? [] : [frame[1]]),
    ])
}

export const FAMILIES: readonly Family[] = [
  { name: 'JSON', path: 'settings.json', write: json },
  { name: 'JSON with comments', path: 'settings.jsonc', write: jsonWithComments },
  { name: 'YAML', path: 'settings.yaml', write: yaml },
  { name: 'TOML', path: 'settings.toml', write: toml },
  { name: 'XML', path: 'settings.xml', write: xml },
  { name: 'INI', path: 'settings.ini', write: ini },
  { name: 'properties', path: 'settings.properties', write: properties },
  { name: 'dotenv', path: '.env', write: dotenv },
  { name: 'shell', path: 'setup.sh', write: shell },
  { name: 'a command', path: 'run.sh', write: commands },
  { name: 'heredoc', path: 'make-env.sh', write: heredoc },
  { name: 'make', path: 'Makefile', write: make },
  { name: 'crontab', path: 'crontab', write: crontab },
  { name: 'systemd', path: 'app.service', write: systemd },
  { name: 'Dockerfile', path: 'Dockerfile', write: dockerfile },
  { name: 'Groovy', path: 'Jenkinsfile', write: groovy },
  { name: 'HCL', path: 'locals.tf', write: hcl },
  { name: 'CSV', path: 'settings.csv', write: csv },
  { name: '.reg', path: 'environment.reg', write: registry },
  {
    name: '.reg in UTF-16',
    path: 'environment.reg',
    write: (material) => `\ufeff${registry(material)}`,
    encoding: 'utf16le',
  },
  { name: 'base64 in YAML', path: 'secret.yaml', write: manifest },
  { name: 'a file as base64 in YAML', path: 'files.yaml', write: fileInManifest },
  {
    name: 'python',
    path: 'settings.py',
    write: program((key, text) => `${key} = ${text}`, [SINGLE, DOUBLE, (value) => `"""${escaped('"\\', value)}"""`]),
  },
  {
    name: 'javascript',
    path: 'settings.js',
    write: program(
      (key, text) => `exports.${key} = ${text};`,
      [SINGLE, DOUBLE, (value) => `\`${escaped('`\\$', value)}\``, JSON.stringify],
    ),
  },
  {
    name: 'go',
    path: 'settings.go',
    write: program(
      (key, text) => `var ${key} = ${text}`,
      [DOUBLE, unless(/`/, (value) => `\`${value}\``)],
      ['package settings', ''],
    ),
  },
]
