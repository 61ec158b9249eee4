import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LITERAL_STYLES } from '../../test/support/literal-writers.ts'
import { decodeUtf8, encodeUtf8 } from './byte-text.ts'
import { readCodeFields } from './code-fields.ts'
import type { CodeLanguage } from './literal-styles.ts'

/** `keys: value`, keys joined by dots. */
function read(source: string, language: CodeLanguage): readonly string[] {
  return readCodeFields(encodeUtf8(source), language).fields.map(
    ({ keys, value }) => `${keys.join('.')}: ${decodeUtf8(value.text)}`,
  )
}

describe('readCodeFields', () => {
  it.each<[CodeLanguage, string, string]>([
    ['php', "<?php define('A', 'x');", 'define().A: x'],
    ['php', "<?php putenv('A=x');", 'putenv().A: x'],
    ['php', "<?php $_ENV['A'] = 'x';", '_ENV.A: x'],
    ['php', "<?php $c = ['b' => ['password' => 'x']];", 'c.b.password: x'],
    ['php', "<?php return array('b' => array('password' => 'x'));", 'b.password: x'],
    ['php', "<?php curl_setopt($ch, CURLOPT_USERPWD, 'x');", 'curl_setopt().CURLOPT_USERPWD: x'],
    ['php', "<?php $this->client->auth('u', 'x');", 'this.client.auth().1: x'],
    ['php', "<?php class A { private $password = 'x'; }", 'A.password: x'],
    ['php', "<?php $a = $b ? 'c' : 'x';", 'a: x'],
    ['python', "os.environ['A'] = 'x'", 'os.environ.A: x'],
    ['python', 'os.environ.setdefault("A", "x")', 'os.environ.setdefault().A: x'],
    ['python', "password: str = 'x'", 'password: x'],
    ['python', "c = {'b': {'password':\n 'x'}}", 'c.b.password: x'],
    ['python', "Bitbucket(username='u', password='x')", 'Bitbucket().password: x'],
    ['python', "r = requests.get(url, auth=('u', 'x'))", 'r.requests.get().auth: x'],
    ['python', "if a == 'b': c = 'x'", 'c: x'],
    ['javascript', "process.env.A = 'x'", 'process.env.A: x'],
    ['javascript', "process.env['A'] = 'x'", 'process.env.A: x'],
    ['javascript', "const c = { b: { password: 'x' } }", 'c.b.password: x'],
    ['javascript', "const password: string = 'x'", 'password: x'],
    ['javascript', "axios.get(url, { auth: { username: 'u', password: 'x' } })", 'axios.get().1.auth.password: x'],
    ['javascript', "headers.set('Authorization', `x`)", 'headers.set().Authorization: x'],
    ['javascript', "let a = 'b'\nlet c = 'x'", 'c: x'],
    ['javascript', "const a = process.env.B ?? 'x'", 'a: x'],
    ['ruby', "ENV['A'] = 'x'", 'ENV.A: x'],
    ['ruby', "gem 'a', git: 'x'", 'gem().git: x'],
    ['ruby', "mod 'a',\n  :git => 'x'", 'mod().git: x'],
    ['ruby', "vcsrepo { '/srv': source => 'u', password => 'x' }", 'vcsrepo.password: x'],
    ['groovy', "credentials { username 'u'\n password 'x' }", 'credentials.password().0: x'],
    ['groovy', "credentials { username = 'u'\n password = 'x' }", 'credentials.password: x'],
    ['go', 'os.Setenv("A", "x")', 'os.Setenv().A: x'],
    ['go', 'c := &Auth{Username: "u", Password: "x"}', 'c.Password: x'],
    ['go', 'cmd.Env = append(os.Environ(), "A=x")', 'cmd.Env.append().A: x'],
    ['java', 'class A { static final String PASSWORD = "x"; }', 'A.PASSWORD: x'],
    ['java', 'System.setProperty("A", "x");', 'System.setProperty().A: x'],
    ['java', 'Map.of("a", "b", "c", "x");', 'Map.of().c: x'],
    ['kotlin', 'val password: String = "x"', 'password: x'],
    ['kotlin', 'mapOf("a" to "x")', 'mapOf().a: x'],
    ['scala', 'Map("a" -> "x")', 'Map().a: x'],
    ['csharp', 'var c = new Credential { User = "u", Password = @"x" };', 'c.Password: x'],
    ['csharp', 'new Dictionary<string, string> { ["a"] = "x" };', 'a: x'],
    ['rust', 'env::set_var("A", "x");', 'env.set_var().A: x'],
    ['rust', 'let c = Config { password: r#"x"# };', 'c.password: x'],
  ])('%s: %s', (language, source, last) => {
    expect(read(source, language).at(-1)).toBe(last)
  })

  it('a literal that is a key is read as well, under the keys of what it stands in', () => {
    expect(read("a = {'https://u:p@h': {'b': 'c'}}", 'python')).toEqual([
      'a: https://u:p@h',
      'a.https://u:p@h: b',
      'a.https://u:p@h.b: c',
    ])
  })

  it('cuts the name off a variable, and keeps the bytes of its value', () => {
    const source = "<?php putenv('A=b\\'c');"
    const [field] = readCodeFields(source, 'php').fields
    expect(field?.value.text).toBe("b'c")
    expect(source.slice(...(field?.value.spanOf(0, 3) ?? [0, 0]))).toBe("b\\'c")
    expect(source.slice(...(field?.extent ?? [0, 0]))).toBe("'A=b\\'c'")
  })

  it('finds a secret by its name in every language and quoting style', () => {
    const secrets = fc.string({ unit: fc.constantFrom(...'aZ9_-"\'`\\$#%{}()[]/:=@,; é'), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(secrets, fc.constantFrom(...LITERAL_STYLES), (secret, { language, write }) => {
        const literal = write(secret)
        fc.pre(literal !== undefined)
        const source = `${language === 'php' ? '<?php ' : ''}password = ${literal}\n`
        const [field] = readCodeFields(encodeUtf8(source), language).fields
        expect([field?.keys, decodeUtf8(field?.value.text ?? '').replace(/\n$/, '')]).toEqual([['password'], secret])
      }),
      { numRuns: 1000 },
    )
  })

  it('nesting without end takes linear time and no more keys than anybody wrote', () => {
    for (const piece of ['[', '{"a":', 'f(', 'a.', "a['b']", 'a=', '"a",', '(', ')', '[{(', ')]}', 'a{', 'a "b" ']) {
      for (const language of ['javascript', 'groovy', 'hcl', 'python'] as const) {
        const start = performance.now()
        const { fields } = readCodeFields(piece.repeat(30_000 / piece.length), language)
        expect(performance.now() - start, `${language} ${piece}`).toBeLessThan(8000)
        for (const { keys } of fields.slice(-10)) expect(keys.length).toBeLessThan(100)
      }
    }
  }, 120_000)
})
