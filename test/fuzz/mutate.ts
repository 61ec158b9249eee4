import type { Random } from '../corpus/random.ts'

/** What documents are built of: marks that open, close, part, quote and escape in one format or another. */
export const STRUCTURE: readonly string[] = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '<',
    '>',
    '</',
    '/>',
    '"',
    "'",
    '`',
    '\\',
    '$',
    '%',
    '&',
    ';',
    ':',
    ',',
    '=',
    '#',
    '!',
    '|',
  ],
  ...[
    '\n',
    '\r\n',
    '\r',
    '\t',
    ' ',
    '  ',
    '\n\n',
    '\\\n',
    '\\\r\n',
    '`\n',
    '^\n',
    ' - ',
    '- ',
    '? ',
    ': ',
    '* ',
    '\n---\n',
    '\n...\n',
  ],
  ...[
    '"""',
    "'''",
    '${',
    '$(',
    '$((',
    '`',
    '<<',
    '<<EOF\n',
    '<<-EOF\n',
    '<<~X\n',
    '\nEOF\n',
    '<<<',
    '<(',
    '}}',
    '{{',
    '{%',
    '%}',
    '<%',
    '%>',
  ],
  ...[
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '<?php ',
    '<!DOCTYPE x [',
    '<!ENTITY a "b">',
    '&amp;',
    '&#x41;',
    '&a;',
    '/*',
    '*/',
    '//',
    '--',
  ],
  ...[
    '&x ',
    '*x',
    '!vault |',
    '|\n  ',
    '>-\n  ',
    '|2\n',
    '[[',
    ']]',
    '[section]',
    '=begin\n',
    '=end\n',
    '__END__',
    '%w(',
    '%q{',
    'R"x(',
    '@"',
    '$/',
  ],
  ...['\\u0041', '\\x41', '\\101', '\\U00000041', '\\u{41}', '%41', '%%', '%3d', '\\n', '$$', '$\\{'],
  ...[
    '://',
    '@',
    'https://',
    'https://u:p@bitbucket.org/a/b.git',
    'machine bitbucket.org login a password b',
    'macdef x\n',
    'bitbucket.org',
  ],
  ...[
    'Authorization: Basic ',
    'BITBUCKET_TOKEN=',
    'export ',
    'sh -c "',
    "bash -c '",
    'ENV ',
    'RUN ',
    'password: ',
    'token = ',
    'eval ',
  ],
]

/** Bytes that no reader expects. */
const STRANGE: readonly Buffer[] = [
  ...[[0], [0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]],
  ...[
    [0xe2, 0x82],
    [0x80],
    [0xff],
    [0x1b, 0x5b],
    [0x7f],
    [0x0b],
    [0x0c],
    [0xc2, 0x85],
    [0xe2, 0x80, 0xa8],
    [0xf0, 0x9f, 0x92],
  ],
].map((bytes) => Buffer.from(bytes))

const NUMBERS = [
  '0',
  '-1',
  '1e999',
  '99999999999999999999',
  '0x',
  '2147483648',
  '18446744073709551616',
  '1'.repeat(400),
]

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer

const MUTATIONS: readonly Mutation[] = [
  flip,
  drop,
  repeat,
  splice,
  insert,
  insert,
  insertStrange,
  cut,
  longRun,
  nest,
  blowUp,
  move,
  wrap,
]

/** No case is larger, so that it is quick however often it grew. */
const LARGEST_CASE = 64 * 1024

/** `bytes` with one to six changes; `other` is a second document that pieces may come from. */
export function mutated(bytes: Buffer, other: Buffer, random: Random): Buffer {
  let result = bytes
  for (let count = random.between(1, 6); count > 0; count--) result = random.pick(MUTATIONS)(result, random, other)
  return Buffer.from(result.subarray(0, LARGEST_CASE))
}

function position(bytes: Buffer, random: Random): number {
  return random.between(0, bytes.length)
}

function range(bytes: Buffer, random: Random, longest = 200): readonly [number, number] {
  const from = position(bytes, random)
  return [from, Math.min(bytes.length, from + random.between(1, longest))]
}

function put(bytes: Buffer, at: number, piece: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])
}

function flip(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes)
  for (let count = random.between(1, 4); count > 0 && copy.length > 0; count--) {
    const at = random.between(0, copy.length - 1)
    copy[at] = random.chance(50) ? (copy[at] ?? 0) ^ (1 << random.between(0, 7)) : random.between(0, 255)
  }
  return copy
}

function drop(bytes: Buffer, random: Random): Buffer {
  const [from, to] = range(bytes, random)
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
}

function repeat(bytes: Buffer, random: Random): Buffer {
  const [from, to] = range(bytes, random)
  const piece = bytes.subarray(from, to)
  return put(
    bytes,
    to,
    Buffer.concat(Array.from({ length: random.between(1, random.chance(10) ? 200 : 4) }, () => piece)),
  )
}

function splice(bytes: Buffer, random: Random, other: Buffer): Buffer {
  if (random.chance(30))
    return Buffer.concat([bytes.subarray(0, position(bytes, random)), other.subarray(position(other, random))])
  const [from, to] = range(other, random, 2000)
  return put(bytes, position(bytes, random), other.subarray(from, to))
}

function insert(bytes: Buffer, random: Random): Buffer {
  return put(bytes, position(bytes, random), Buffer.from(random.pick(STRUCTURE)))
}

function insertStrange(bytes: Buffer, random: Random): Buffer {
  return put(bytes, random.chance(30) ? 0 : position(bytes, random), random.pick(STRANGE))
}

function cut(bytes: Buffer, random: Random): Buffer {
  return random.chance(80) ? bytes.subarray(0, position(bytes, random)) : bytes.subarray(position(bytes, random))
}

function longRun(bytes: Buffer, random: Random): Buffer {
  return put(bytes, position(bytes, random), Buffer.from(random.pick(STRUCTURE).repeat(random.between(20, 1500))))
}

const BRACKETS = [
  ['{', '}'],
  ['[', ']'],
  ['(', ')'],
  ['<a>', '</a>'],
  ['$(', ')'],
  ['${', '}'],
  ['- ', ''],
  ['"', '"'],
  ['{"a":', '}'],
  ['/*', '*/'],
  ['`', '`'],
  ['a.', ''],
] as const

function nest(bytes: Buffer, random: Random): Buffer {
  const [open, close] = random.pick<readonly [string, string]>(BRACKETS)
  const depth = random.between(2, random.chance(20) ? 3000 : 60)
  const [from, to] = range(bytes, random)
  const middle = bytes.subarray(from, to)
  const pieces = [Buffer.from(open.repeat(depth)), middle, Buffer.from(random.chance(70) ? close.repeat(depth) : '')]
  return Buffer.concat([bytes.subarray(0, from), ...pieces, bytes.subarray(to)])
}

function blowUp(bytes: Buffer, random: Random): Buffer {
  const number = random.pick(NUMBERS)
  let left = random.between(1, 5)
  return Buffer.from(
    bytes.toString('latin1').replace(/\d+/g, (found) => (left-- > 0 ? number : found)),
    'latin1',
  )
}

/** Two lines change places, or what stands before a mark and behind it. */
function move(bytes: Buffer, random: Random): Buffer {
  const parts = bytes.toString('latin1').split(random.pick(['\n', ':', '"', ' ']))
  const [from, to] = [random.between(0, parts.length - 1), random.between(0, parts.length - 1)]
  const [first, second] = [parts[from] ?? '', parts[to] ?? '']
  parts[from] = second
  parts[to] = first
  return Buffer.from(parts.join('\n'), 'latin1')
}

/** The whole as something else: UTF-16, Windows line ends, base64, a text in a text. */
function wrap(bytes: Buffer, random: Random): Buffer {
  const text = bytes.toString('utf8')
  const ways = [
    () => Buffer.from(`\ufeff${text}`, 'utf16le'),
    () => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    () => Buffer.from(text.replaceAll('\n', '\r\n')),
    () => Buffer.from(`{"kind":"Secret","data":{".netrc":"${bytes.toString('base64')}"}}`),
    () => Buffer.from(`data:\n  config.json: ${bytes.toString('base64')}\n`),
    () => Buffer.from(JSON.stringify({ password: text, token: [text] })),
    () => Buffer.from(`cat > ~/.netrc <<EOF\n${text}\nEOF\n`),
    () => Buffer.from(`a: |\n${text.replace(/^/gm, '    ')}\nb: "x"\n`),
  ]
  return random.pick(ways)()
}
