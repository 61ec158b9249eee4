import type { Repair } from '../model/diagnosis.ts'

export type NetworkProblem = 'name' | 'time' | 'certificate' | 'proxy' | 'connection'

interface Row {
  readonly kind: NetworkProblem
  readonly pattern: RegExp
  readonly words: string
}

/** Texts of curl, git, OpenSSH and Java. The proxy comes first: its own name may be the one that does not resolve. */
const ROWS: readonly Row[] = [
  {
    kind: 'proxy',
    pattern: /Could not resolve proxy|Proxy CONNECT aborted|from proxy after CONNECT|CONNECT tunnel failed|error: 407/,
    words: 'The proxy does not let the request through',
  },
  {
    kind: 'name',
    pattern: /Could not resolve|UnknownHostException/,
    words: 'The name of the host does not resolve',
  },
  {
    kind: 'certificate',
    pattern: /certificate|PKIX/,
    words: 'The certificate that was shown is not trusted',
  },
  { kind: 'time', pattern: /timed out|Timeout/, words: 'The connection timed out' },
]

export function networkProblem(line: string): { readonly kind: NetworkProblem; readonly words: string } {
  const known = ROWS.find(({ pattern }) => pattern.test(line))
  return { kind: known?.kind ?? 'connection', words: known?.words ?? 'There is no connection' }
}

/** Looked at on the machine that ran git; none of it asks Bitbucket with a credential. */
const REPAIRS: Readonly<Record<NetworkProblem, Repair>> = {
  proxy: {
    text: 'Look on the machine that printed this which proxy git uses, and give it a login or another proxy.',
    commands: ["git config --show-origin --get-regexp '^http\\..*proxy$|^http\\.proxy$'", 'env | grep -i _proxy'],
  },
  name: {
    text: 'Look on the machine that printed this whether the name resolves, and whether a proxy is needed.',
    commands: ['getent hosts bitbucket.org', 'env | grep -i _proxy'],
  },
  certificate: {
    text: 'A proxy in between shows a certificate of its own, or the list of authorities is old. Name the file of the right authorities: http.sslCAInfo for git, the truststore of Java for a scan.',
    commands: ["git config --show-origin --get-regexp '^http\\..*ssl'"],
  },
  time: {
    text: 'Look on the machine that printed this whether a firewall lets it reach bitbucket.org, port 443.',
    commands: ['curl -sS -o /dev/null https://bitbucket.org'],
  },
  connection: {
    text: 'Look on the machine that printed this whether it reaches bitbucket.org, port 443, and which proxy it uses.',
    commands: ['curl -sS -o /dev/null https://bitbucket.org', 'env | grep -i _proxy'],
  },
}

export function networkRepairs(kind: NetworkProblem): readonly Repair[] {
  return [REPAIRS[kind]]
}
