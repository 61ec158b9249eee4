import type { Encoding } from '../model/place.ts'
import type { SecretKind } from '../model/secret.ts'
import type { Operation, Use } from '../model/use.ts'

export const KIND_WORDS: Readonly<Record<SecretKind, string>> = {
  'app-password': 'app password',
  'api-token': 'API token',
  'access-token': 'access token',
  'oauth-token': 'OAuth token',
  'oauth-consumer': 'OAuth consumer',
  'account-password': 'account password',
  unknown: 'unknown kind',
}

export const ENCODING_WORDS: Readonly<Record<Encoding, string>> = {
  plain: 'plain text',
  percent: 'percent-encoded',
  'git-quoted': 'quoted',
  'netrc-quoted': 'quoted',
  'base64-pair': 'base64 of username and secret',
  'xml-text': 'XML text',
  'jenkins-secret': 'encrypted by Jenkins',
  'ansible-vault': 'encrypted by Ansible Vault',
  opaque: 'held by the system',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  base64: 'base64',
  json: 'JSON string',
  'yaml-double': 'quoted YAML',
  'yaml-single': 'quoted YAML',
  'yaml-block': 'block of YAML',
  'yaml-folded': 'folded YAML',
  'shell-double': 'quoted in a shell script',
  'shell-bare': 'escaped in a shell script',
  'shell-word': 'quoted in pieces in a shell script',
  'shell-ansi': "in $'...' of a shell script",
  'shell-heredoc': 'in a here-document',
  'dotenv-double': 'quoted',
  properties: 'escaped as in .properties',
  ini: 'quoted',
  toml: 'TOML string',
  hcl: 'HCL string',
  groovy: 'Groovy string',
  'php-single': 'PHP string',
  'php-double': 'PHP string',
  'php-heredoc': 'PHP string',
  python: 'Python string',
  'python-bytes': 'Python string',
  javascript: 'JavaScript string',
  'ruby-single': 'Ruby string',
  'ruby-percent': 'Ruby string',
  'ruby-double': 'Ruby string',
  go: 'Go string',
  java: 'Java string',
  csharp: 'C# string',
  'csharp-verbatim': 'C# string',
  rust: 'Rust string',
  'groovy-slashy': 'Groovy string',
  'groovy-dollar': 'Groovy string',
  'hcl-heredoc': 'HCL heredoc',
  systemd: 'quoted for systemd',
  'systemd-word': 'quoted in pieces for systemd',
  backtick: 'escaped with backticks',
  'doubled-single': 'with doubled quotes',
  'doubled-double': 'with doubled quotes',
  batch: 'escaped for cmd',
  'batch-quoted': 'quoted for cmd',
  crontab: 'escaped for cron',
  dockerfile: 'over several lines of a Dockerfile',
  make: 'escaped for make',
}

export const OPERATION_WORDS: Readonly<Record<Operation, string>> = {
  'git-fetch': 'git fetch',
  'git-push': 'git push',
  rest: 'REST',
  web: 'web download',
}

export function useWords(use: Use): string {
  const { repository, workspace, access } = use
  const inside = workspace === undefined ? '' : ` workspace ${workspace}`
  const what = repository === undefined ? inside : ` ${repository.workspace}/${repository.slug}`
  return `${OPERATION_WORDS[use.operation]}${access === 'write' ? ' write' : ''}${what}`
}

/** In the column of uses, where nothing was seen that reads what stands there. */
export const NOT_FOUND = 'not found'
