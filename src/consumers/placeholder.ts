/** Words that stand where a person has to write a value. */
const WORDS: ReadonlySet<string> = new Set(
  `a access account ad admin an and api app apppassword apptoken as atlassian base64 basic bb bitbucket bot bucket ci cd change changeme cloud
  credential credentials demo dummy email enter example examplepassword exampletoken fake fill foo bar baz from fixme for generated git go goes
  here hidden hunter2 in insert is it key login me mypassword mysecret mytoken my name new no none not null undefined of old on one or org our owner
  pass passwd password passphrase personal placeholder put pw pwd real redacted removed replace repo repository sample secret set some string
  test the this to todo tbd token true false user username value workspace x xx xxx y your yours yourpassword yourtoken`.split(
    /\s+/,
  ),
)

/** A reference to a value that stands elsewhere: shell, templates, CI systems, secret managers. */
const REFERENCE =
  /\$\{|\$\(|\$[A-Za-z_]|\{\{|\}\}|<%|%>|#\{|@@|%\(|^%[A-Za-z_]\w*%$|^\$\[|^__\w+__$|^\(\(.*\)\)$|^(?:vault|op|arn|ref\+\w+|ssm|secretsmanager|gcp|azurekv|awssm|doppler|keyring|env|file|secret|ssmparam):/i
/** Terraform: `var.password`, `random_password.git.result`. */
const PATH_OF_NAMES = /^(?:var|local|data|module|each)\.[A-Za-z_]|^[a-z]+_\w+(?:\.[a-z_][\w-]*(?:\[[^\]]*\])?){2,}$/
/** Encrypted where it stands; whoever has the key reads it. Passwords may begin with the same letters, and are shorter or have others. */
const ENCRYPTED =
  /^(?:ENC\[|ENC\(|\$ANSIBLE_VAULT;|\{AQAAAB|\{cipher\}|secure:|zxx[0-9a-f]{8,}$|AQICA[\w+/=-]{40,}$|-----BEGIN|age1[a-z0-9]{50,}$|BAMSCRT@|\{DES|credentialsJSON:|enc:|kms:)/

/** Whether a text stands for a secret and is none: `${TOKEN}`, `<app-password>`, `your_app_password`, `********`. */
export function isPlaceholder(text: string): boolean {
  const trimmed = text.trim()
  if (trimmed === '' || /^<[^>]*>$|^\[[^\]]*\]$|\.\.\.|…|\*{3}/.test(trimmed)) return true
  return (
    REFERENCE.test(trimmed) ||
    PATH_OF_NAMES.test(trimmed) ||
    ENCRYPTED.test(trimmed) ||
    isMonotonous(trimmed) ||
    isWords(trimmed)
  )
}

/** `xxxxxxxx`, `ATBBxxxxxxxxxxxx`, `00000000`: nothing that anybody issued has so few different characters. */
function isMonotonous(text: string): boolean {
  const body = text
    .replace(/^(?:ATBB|ATATT3xFfG[A-Z]0?|ATATT3|ATCTT3xFfG[A-Z]0?|ATCTT3|ATATT|ATCTT)/, '')
    .replace(/[-_=.]/g, '')
  return new Set(body.toLowerCase()).size < 5 || (body.length < text.length && /^\d+$/.test(body))
}

/** `your_app_password`, `my-secret-token`, `appPasswordHere`. */
function isWords(text: string): boolean {
  const words = text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !/^\d{1,4}$/.test(word))
  return words.every((word) => WORDS.has(word.replace(/\d{1,3}$/, '')) || WORDS.has(word))
}
