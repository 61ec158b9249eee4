import { parse as parseProperties } from 'dot-properties'
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser'
import { parse as parseYaml } from 'yaml'
import { decodeBasicPair } from '../../src/formats/base64-pair.ts'
import { decodeUtf8 } from '../../src/formats/byte-text.ts'
import { unquoteGitValue } from '../../src/formats/git-config.ts'
import { unquoteNetrc } from '../../src/formats/netrc.ts'
import { percentDecode } from '../../src/formats/url.ts'
import { decodeXmlText } from '../../src/formats/xml.ts'
import type { Encoding, SecretField } from '../../src/model/place.ts'
import { decodeJavaScript, decodeLiteral } from './decode-literal.ts'
import { SHELL_DECODERS } from './decode-shell.ts'

/** What stored bytes of a secret mean. `jenkins-secret` needs keys and is given by the caller. */
export function decodeStored(bytes: Uint8Array, encoding: Encoding, openJenkins?: (stored: string) => string): string {
  const text = Buffer.from(bytes).toString('latin1')
  const readers: Readonly<Record<Encoding, (stored: string) => string | undefined>> = {
    plain: decodeUtf8,
    percent: percentDecode,
    'git-quoted': (stored) => percentDecode(unquoteGitValue(stored)),
    'netrc-quoted': unquoteNetrc,
    'base64-pair': (stored) => decodeBasicPair(stored)?.secret,
    'xml-text': (stored) => decodeXmlText(decodeUtf8(stored)),
    'jenkins-secret': (stored) => openJenkins?.(stored),
    'ansible-vault': () => undefined,
    opaque: () => undefined,
    'utf-16le': (stored) => Buffer.from(stored, 'latin1').toString('utf16le'),
    'utf-16be': (stored) => Buffer.from(stored, 'latin1').swap16().toString('utf16le'),
    base64: (stored) => Buffer.from(stored, 'base64').toString('latin1'),
    json: (stored) => JSON.parse(`"${decodeUtf8(stored)}"`),
    'yaml-double': (stored) => parseYaml(`"${decodeUtf8(stored)}"`),
    'yaml-single': (stored) => parseYaml(`'${decodeUtf8(stored)}'`),
    'yaml-block': (stored) => decodeUtf8(stored).replace(/\n +/g, '\n'),
    'yaml-folded': (stored) => parseYaml(decodeUtf8(stored)),
    ...SHELL_DECODERS,
    properties: decodeProperties,
    ini: (stored) => decodeUtf8(stored.replace(/[ \t]*\r?\n(?:[ \t]*[#;].*\r?\n)*[ \t]*/g, '\n')),
    toml: (stored) => decodeToml(decodeUtf8(stored)),
    hcl: (stored) => decodeLiteral(stored.replace(/([$%])\1\{/g, '$1{'), 'hcl'),
    'hcl-heredoc': (stored) => decodeUtf8(stored.replace(/([$%])\1\{/g, '$1{').replace(/\n[ \t]+/g, '\n')),
    groovy: (stored) => decodeLiteral(stored, 'groovy'),
    'groovy-slashy': (stored) => decodeUtf8(stored.replaceAll('\\/', '/')),
    'groovy-dollar': (stored) => decodeUtf8(stored.replace(/\$([$/])/g, '$1')),
    'php-single': (stored) => decodeUtf8(stored.replace(/\\([\\'])/g, '$1')),
    'php-double': (stored) => decodeLiteral(stored, 'php-double'),
    'php-heredoc': (stored) => decodeLiteral(stored, 'php-heredoc'),
    python: (stored) => decodeLiteral(stored, 'python'),
    'python-bytes': (stored) => decodeLiteral(stored, 'python-bytes'),
    javascript: decodeJavaScript,
    'ruby-single': (stored) => decodeUtf8(stored.replace(/\\([\\'])/g, '$1')),
    'ruby-percent': (stored) => decodeUtf8(stored.replace(/\\([\\()[\]{}<>|!/])/g, '$1')),
    'ruby-double': (stored) => decodeLiteral(stored, 'ruby-double'),
    go: (stored) => decodeLiteral(stored, 'go'),
    java: (stored) => decodeLiteral(stored, 'java'),
    csharp: (stored) => decodeLiteral(stored, 'csharp'),
    'csharp-verbatim': (stored) => decodeUtf8(stored.replaceAll('""', '"')),
    rust: (stored) => decodeLiteral(stored, 'rust'),
  }
  const decoded = readers[encoding](text)
  if (decoded === undefined) throw new Error(`stored bytes are not ${encoding}`)
  return decoded
}

/** The character before keeps blanks at the start; a file that is not UTF-8 is latin1. */
function decodeProperties(stored: string): string | undefined {
  const isBroken = decodeUtf8(stored).includes('\ufffd') && !stored.includes('\xef\xbf\xbd')
  const { k } = parseProperties(`k=x${isBroken ? stored : decodeUtf8(stored)}`)
  return typeof k === 'string' ? k.slice(1) : undefined
}

/** Every basic string may stand between three quotes. */
function decodeToml(stored: string): string | undefined {
  const { k } = getStaticTOMLValue(parseTOML(`k = """\n${stored}"""`))
  return typeof k === 'string' ? k : undefined
}

/** Takes the stored bytes through every step: `span` of the document, then what `inner` names inside it. */
export function decodeField(
  document: Uint8Array,
  field: Pick<SecretField, 'span' | 'encoding' | 'inner'>,
  openJenkins?: (stored: string) => string,
): string {
  if (field.span === undefined) throw new Error('the field has no bytes of its own')
  let text = decodeStored(document.subarray(...field.span), field.encoding, openJenkins)
  for (const { span, encoding } of field.inner ?? []) {
    const bytes = Buffer.from(text, encoding === 'base64' || isBytes(text) ? 'latin1' : 'utf8')
    text = decodeStored(span === undefined ? bytes : bytes.subarray(...span), encoding, openJenkins)
  }
  return text
}

/** What base64 decodes to is taken as bytes. */
function isBytes(text: string): boolean {
  return [...text].every((character) => (character.codePointAt(0) ?? 0) < 0x100)
}
