/** What an argument may be: a string literal, or the name of something that holds one. Names may have a path: `self.password`, `Config::PASS`. */
export const LITERAL = String.raw`(?:\$@|@\$|[bfurBFUR$@]{1,2})?(?:"(?:[^"\\\n]|\\.){0,4096}"|'(?:[^'\\\n]|\\.){0,4096}'|\`[^\`\\$\n]{0,4096}\`)`
export const NAME = String.raw`(?:[@$:&*]{0,2}[A-Za-z_]\w{0,99}(?:(?:\??\.|->|::)[$@]?[A-Za-z_]\w{0,99}){0,5}(?![\w(]))`
/** Lists of bytes and conversions around an argument change nothing: `[]byte("…")`, `str(USER)`, `USER.encode()`. */
const BEFORE = String.raw`(?:(?:\[\]byte|str|Some|String|string|new String|new SecretString|SecretStr|Secret)\(\s{0,8})?`
const AFTER = String.raw`(?:\.(?:encode|getBytes|to_s|strip|trim|toCharArray)\([^()\n]{0,40}\))?\)?`
const argument = (group: string): string => `${BEFORE}(?<${group}>${LITERAL}|${NAME})${AFTER}`
const GAP = String.raw`\s{0,80}`
const COMMA = `${GAP},${GAP}`

/** A username and a secret, or a pair or a token alone, that a program hands to a client. */
export interface CallForm {
  readonly pattern: RegExp
  /** A piece that each match has, and that is found faster. */
  readonly needs?: RegExp
  /** What the arguments are; `pair`: `user:secret` in one. */
  readonly gives: 'user and secret' | 'pair' | 'secret'
}

const form = (pattern: string, gives: CallForm['gives'] = 'user and secret', needs?: RegExp): CallForm => ({
  pattern: new RegExp(pattern, 'dg'),
  gives,
  ...(needs === undefined ? {} : { needs }),
})

/** Functions whose first two arguments are the pair. */
const TWO = [
  'HTTPBasicAuth',
  'BasicAuth(?:enticator|Credentials|Listener|enticationInterceptor|entication)?',
  'NewBasicAuth',
  'NewAPITokenAuth',
  '[sS]etBasicAuth',
  'with_?[bB]asic_?[aA]uth(?:entication)?',
  'basic_?[aA]uth(?:entication)?',
  'UsernamePasswordCredentials(?:Provider)?',
  'UsernamePasswordCredentials',
  'NetworkCredential',
  'UserPassword',
  'HttpBasicAuthenticator',
  'PasswordAuthentication',
  'Credentials\\.basic',
  'Credentials',
  'UserPass(?:Plaintext)?',
  'userPassPlaintextNew',
  'userpassPlaintextNew',
  'Cred\\.userpassPlaintext',
  'UserpassPlaintext',
  'userpass_plaintext',
  'basic',
  'preemptive\\(\\)\\.basic',
  'auth',
]

/** Functions that encode the pair, and how each of their names ends. */
const ENCODERS =
  'base64encode|b64encode|standard_b64encode|urlsafe_b64encode|btoa|Buffer\\.from|new Buffer|encodeToString|EncodeToString|encode_?[bB]ase64|base64_encode|strict_encode64|urlsafe_encode64|encode64|encodeBase64String|encodeBase64|ToBase64String|Base64\\.encode|base64\\.encode|b64|GetBytes|getBytes|encodeBytes|toBase64'
const ENCODES = /(?:encode|64|btoa|from|Buffer|String|Bytes)\(/

const USER_KEY = `["']?(?:user_?[nN]ame|user|login|email|e_mail|USERNAME|Username|UserName|User)["']?`
const SECRET_KEY = `["']?(?:pass_?[wW]ord|passwd|pass|pwd|app_?[pP]assword|api_?[tT]oken|token|secret|Password|AppPassword|Token)["']?`
const SET = `${GAP}(?:=>|:=|[:=])${GAP}`
/** Braces and blanks of an interpolation, a concatenation or a format in front of the names. */
const JOINS: readonly (readonly [pattern: string, needs: RegExp])[] = [
  // `${user}:${pass}`, f"{user}:{pass}", "#{user}:#{pass}", "$user:$pass", "\(user):\(pass)", "$($user):$($pass)"
  [
    String.raw`(?:[$#]?\{|\\\(|\$\((?=\$)|(?=\$))(?<user>${NAME})[})]?:(?:[$#]?\{|\\\(|\$\((?=\$)|(?=\$))(?<secret>${NAME})[})]?(?=["'\`])`,
    /:(?:[$#]?\{|\\\(|\$)/,
  ],
  // user + ':' + pass, $user . ":" . $pass
  [
    String.raw`(?<![\w$.])(?<user>${NAME}|${LITERAL})${GAP}[+.]${GAP}(?:b|u)?["']:["']${GAP}[+.]${GAP}(?<secret>${NAME}|${LITERAL})`,
    /["']:["']/,
  ],
  // 'alice:' + pass, "alice:" . $pass
  [String.raw`["'](?<told>[^\s:"'/]{1,200}):["']${GAP}[+.]${GAP}(?<secret>${NAME})`, /:["']/],
  // f"alice:{PASS}", `alice:${pass}`
  [
    String.raw`["'\`](?<told>[^\s:"'/\`{}$]{1,200}):(?:[$#]?\{|\\\(|(?=\$))(?<secret>${NAME})[})]?(?=["'\`])`,
    /:(?:[$#]?\{|\\\(|\$)/,
  ],
  // '%s:%s' % (user, pass), '{}:{}'.format(user, pass), fmt.Sprintf("%s:%s", user, pass), string.Format("{0}:{1}", user, pass)
  [
    String.raw`["'](?:%s:%s|%v:%v|\{0?\}:\{1?\})["'](?:${GAP}%${GAP}\(|\.format(?:ted)?\(|${COMMA})${GAP}(?<user>${NAME}|${LITERAL})${COMMA}(?<secret>${NAME}|${LITERAL})${GAP}\)`,
    /%s:%s|%v:%v|\}:\{/,
  ],
]

export const CALLS: readonly CallForm[] = [
  form(
    String.raw`(?<![\w$])(?<call>${TWO.join('|')})\(${GAP}(?:[A-Z]\w{0,40}(?:\.\w{1,40}|::\w{1,40}){1,3}${COMMA})?${argument('user')}${COMMA}${argument('secret')}`,
  ),
  // LWP: $ua->credentials('host:443', 'realm', 'user', 'secret'); sbt: Credentials("realm", "host", "user", "secret"); urllib: add_password(None, url, …)
  form(
    String.raw`(?<![\w$])(?<call>[cC]redentials|add_password|add_credentials)\(${GAP}(?:(?:realm|user)${SET})?(?:${LITERAL}|${NAME})${COMMA}(?:${LITERAL}|${NAME})${COMMA}${argument('user')}${COMMA}${argument('secret')}`,
  ),
  // req.basic_auth 'user', 'secret' of Ruby has no brackets.
  form(
    String.raw`\.(?<call>basic_auth|set_basic_auth|authenticate)[ \t]+${argument('user')}${COMMA}${argument('secret')}`,
  ),
  // request :authorization, :basic, 'user', 'secret' of Faraday
  form(`:(?<call>basic(?:_auth)?)${COMMA}${argument('user')}${COMMA}${argument('secret')}`),
  // $client->authenticate(Client::AUTH_HTTP_PASSWORD, 'user', 'secret')
  form(
    String.raw`(?<call>authenticate|setAuth|login)\(${GAP}(?:[\\\w]{1,99}::\w{1,99}${COMMA})?${argument('user')}${COMMA}${argument('secret')}`,
  ),
  // auth=('user', 'secret'), session.auth = (...), 'auth' => ['user', 'secret'], auth: ['user', 'secret']
  form(
    String.raw`(?<call>\bauth|\bAUTH|\bauth_basic|\bbasic_auth|\bcredentials)["']?${SET}[([]${GAP}${argument('user')}${COMMA}${argument('secret')}`,
  ),
  // {username: 'user', password: 'secret'}, username="user", password="secret", Username = "user", Password = "secret"
  form(
    String.raw`(?<![\w$])${USER_KEY}${SET}${argument('user')}${GAP}[,;]${GAP}${SECRET_KEY}${SET}${argument('secret')}`,
  ),
  // .setUsername("user").setPassword("secret"), .username("user").password("secret")
  form(
    String.raw`\.(?<call>(?:set|with)?_?[uU]ser[nN]?a?m?e?)\(${GAP}${argument('user')}${GAP}\)${GAP}\.(?:set|with)?_?(?:[pP]assword|[aA]ppPassword|[tT]oken)\(${GAP}${argument('secret')}`,
  ),
  // CURLOPT_USERPWD, "user:secret"; CURLOPT_USERPWD => 'user:secret'; (c.USERPWD, 'user:secret')
  form(`(?<call>(?:CURLOPT_)?USERPWD)["']?(?:${COMMA}|${GAP}=>${GAP})(?<secret>${LITERAL}|${NAME})`, 'pair'),
  // New-Object PSCredential("user", (ConvertTo-SecureString "secret" -AsPlainText -Force)), [pscredential]::new($user, $secure)
  form(
    String.raw`(?<call>[pP][sS][cC]redential)\]?(?:::new)?(?:[ \t]+-ArgumentList)?[ \t]*\(?${GAP}(?<user>${LITERAL}|${NAME})${COMMA}(?:\(?${GAP}ConvertTo-SecureString(?:[ \t]+-(?:String|AsPlainText|Force)){0,3}[ \t]+)?(?<secret>${LITERAL}|${NAME})`,
  ),
  // $secure = ConvertTo-SecureString "secret" -AsPlainText -Force; New-Object PSCredential("user", $secure)
  form(
    String.raw`(?<secure>\$\w{1,60})[ \t]{0,8}=[ \t]{0,8}(?<call>ConvertTo-SecureString)(?:[ \t]+-(?:String|AsPlainText|Force)){0,3}[ \t]+(?<secret>${LITERAL})[^]{0,1500}?[pP][sS][cC]redential\]?(?:::new)?(?:[ \t]+-ArgumentList)?[ \t]*\(?${GAP}(?<user>${LITERAL}|${NAME})${COMMA}\k<secure>(?!\w)`,
  ),
  form(
    String.raw`(?<call>ConvertTo-SecureString)(?:[ \t]+-(?:String|AsPlainText|Force)){0,3}[ \t]+(?<secret>${LITERAL})`,
    'secret',
  ),
  // ['curl', '-u', 'user:secret', …]
  form(`["'](?<call>-u|--user)["']${COMMA}(?<secret>${LITERAL})`, 'pair'),
  // $client->authenticate(Client::AUTH_OAUTH_TOKEN, 'secret')
  form(
    String.raw`(?<call>authenticate)\(${GAP}[\\\w]{1,99}::\w{1,99}${COMMA}(?<secret>${LITERAL}|${NAME})${GAP}\)`,
    'secret',
  ),
  // basic_auth: "user:secret", userpwd: 'user:secret', auth: 'user:secret' (bitbucket_rest_api, Node's http)
  form(
    String.raw`(?<call>\bbasic_auth|\buserpwd|\buserPassword|\bauth)["']?${SET}(?<secret>${LITERAL}|${NAME})`,
    'pair',
  ),
  // echo -n "user:secret" | base64
  form(
    String.raw`\b(?<call>echo|printf)[ \t]+(?:-[neE]+[ \t]+|["']?%s["']?[ \t]+)?(?<secret>${LITERAL})[ \t]*\|[ \t]*(?:openssl[ \t]+(?:enc[ \t]+-?)?)?base64\b`,
    'pair',
  ),
  form(String.raw`(?<call>${ENCODERS})\(${GAP}${argument('secret')}`, 'pair', ENCODES),
  ...JOINS.map(([join, needs]) => form(join, 'user and secret', needs)),
  // 'Bearer ' + token, f"Bearer {token}", "Bearer $token"
  form(
    String.raw`(?<call>Bearer) ?(?:["']${GAP}[+.,]${GAP}|[$#]?\{|\\\(|(?=\$))(?<secret>${NAME}|${LITERAL})`,
    'secret',
  ),
  form(
    String.raw`(?<call>[bB]earer(?:Auth|Token|Authenticator)?|with_?[tT]oken|AuthToken|NewOAuthbearerToken|NewOAuthBearerToken)\(${GAP}${argument('secret')}`,
    'secret',
  ),
  // Bitbucket(url=…, token='secret'), new Bitbucket({ auth: { token: 'secret' } })
  form(
    String.raw`(?<call>[bB]it[bB]ucket\w{0,40})\((?:[^()]|\([^()]{0,80}\)){0,300}?(?<![\w$])["']?(?:token|access_?[tT]oken|app_?[pP]assword)["']?${SET}(?<secret>${LITERAL}|${NAME})`,
    'secret',
  ),
]

/** The address in which the secret stands tells whom it is for: `f"https://{USER}:{TOKEN}@bitbucket.org/…"`. */
const HOLE = (group: string): string =>
  String.raw`(?:[$#]?\{|\\\(|(?=\$)|["']${GAP}[+.]${GAP})(?:encodeURIComponent\(|quote\(|urlencode\(|rawurlencode\(|url\.QueryEscape\()?(?<${group}>${NAME})\)?(?:[})]|${GAP}[+.]${GAP}["'])?`
export const IN_URLS: readonly RegExp[] = [
  new RegExp(
    String.raw`https?:\/\/(?:${HOLE('user')}|(?<told>[^\s:/@"'{}$]{1,200})):${HOLE('secret')}@(?<host>(?:api\.|www\.)?bitbucket\.org)`,
    'dg',
  ),
  new RegExp(
    String.raw`https?:\/\/(?:%s|\{0?\}):(?:%s|\{1?\})@(?<host>(?:api\.|www\.)?bitbucket\.org)[^"'\n]{0,200}["'](?:${GAP}%${GAP}\(|\.format\(|${COMMA})${GAP}(?<user>${NAME}|${LITERAL})${COMMA}(?<secret>${NAME}|${LITERAL})`,
    'dg',
  ),
]
