import { Command, InvalidArgumentError, Option } from 'commander'
import { VERSION } from '../model/version.ts'
import { SCAN_FORMATS } from './scan-format.ts'
import { UsageError } from './usage-error.ts'
import { masked } from './views/text.ts'

const HELP_END = `
Exit codes: 0 done; 1 failed; 2 usage; 3 done, but a person has to act;
4 stopped, something changed meanwhile; 5 incomplete, not everything could be read.

Start with:
    keyturn demo          the whole story on a sandbox, in under a minute
    keyturn scan ~        what is in this home directory
`

/** The command line: flags only. Each command is loaded when it is called, so that the start stays fast. */
export function makeProgram(): Command {
  const program = new Command('keyturn')
    .description('Moves everything that signs in to Bitbucket Cloud onto scoped API tokens.')
    .version(VERSION, '-V, --version')
    .addOption(new Option('--json', 'print one JSON document on stdout'))
    .addOption(
      new Option('--home <folder>', 'keep keys, vault and runs here instead of the XDG folders').argParser(folder),
    )
    .addOption(new Option('--ca <file>', 'trust this certificate authority too (PEM)'))
    .addOption(new Option('--no-color', 'no colour; NO_COLOR does the same'))
    .addHelpText('after', HELP_END)
    .configureOutput({ writeErr: (text) => process.stderr.write(masked(text)) })
    .configureHelp({ showGlobalOptions: true })
  for (const add of [
    addScan,
    addDoctor,
    addToken,
    addPlan,
    addApply,
    addVerify,
    addRollback,
    addStatus,
    addRuns,
    addForget,
    addSandbox,
    addDemo,
    addCompletion,
  ])
    add(program)
  pointAtOwnHelp(program, 'keyturn')
  return program
}

/** Whoever mistypes an option of a command wants the options of that command. `words`: how it is called. */
function pointAtOwnHelp(command: Command, words: string): void {
  command.showHelpAfterError(`(${words} --help shows what there is)`).exitOverride((error) => {
    throw new UsageError(words, error)
  })
  for (const one of command.commands) pointAtOwnHelp(one, `${words} ${one.name()}`)
}

/** `examples` are printed as they are, below the options. */
function withExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((line) => `    ${line}`).join('\n')}\n`)
}

function withJenkins(command: Command): Command {
  return command
    .option(
      '--jenkins <url>',
      'ask this Jenkins controller (JENKINS_USER_ID and JENKINS_API_TOKEN); can be repeated',
      oneMore,
    )
    .option(
      '--jenkins-user <name>',
      'user to ask as, instead of JENKINS_USER_ID; once, or for each controller',
      oneMore,
    )
    .option(
      '--jenkins-token-file <file>',
      'file that holds the API token, instead of JENKINS_API_TOKEN; once, or for each controller',
      oneMore,
    )
}

function withVault(command: Command): Command {
  return command.option(
    '--vault-password-file <file>',
    'password of Ansible Vault, instead of ANSIBLE_VAULT_PASSWORD_FILE; can be repeated',
    oneMore,
  )
}

function addScan(program: Command): void {
  const command = withVault(withJenkins(program.command('scan')))
    .description('find every Bitbucket credential; nothing is changed, folders are read without the network')
    .argument('[path...]', 'folders or files; "-" is a document on standard input')
    .addOption(
      new Option(
        '--format <name>',
        'what to print, or to write with -o (default: "human", of a file by its ending)',
      ).choices(SCAN_FORMATS),
    )
    .option('-o, --output <file>', 'write to a new file: .json, .sarif, .csv, .html; can be repeated', oneMore)
    .option('--whole-home', 'your home, and what XDG_CONFIG_HOME, GIT_CONFIG_GLOBAL, NETRC, ... name outside of it')
    .option('--helpers', 'ask the credential helpers of git too; that may unlock a keychain')
    .option('--gitignore', 'leave out what git ignores; without it every file is read, and hidden files always')
    .option('--skip-caches', 'leave out ~/.cache and folders that a CACHEDIR.TAG marks as caches')
    .option('--git-history', 'read every version of every file in the repositories there, too')
    .option('--incremental', 'read only what is new or changed since the last scan with this; for slow disks')
    .option('--no-cache', 'with --git-history or --incremental: read all of it again, and remember nothing')
    .option('--archives', 'open zip, jar, tar, gzip and zstd files there, too')
    .option('--stdin-name <path>', 'with "-": read it as a file of this name; its name tells what it is')
    .option('--files-from <file>', 'read the files named there, one a line or separated by NUL; "-" is standard input')
    .option('--all', 'show every place, however many there are')
    .option('--baseline <file>', 'do not list places of this baseline, or of this JSON document of a scan')
    .option('--write-baseline <file>', 'keep what was found as a baseline; an older baseline there is replaced')
    .option('--reason <text>', 'with --write-baseline: why the new places may stay')
    .option('--fail-on <what>', 'exit 1 when found: any, new (not in the baseline), or kinds: app-password,api-token')
    .action(async (paths: string[], _: unknown, self: Command) =>
      (await import('./commands/scan.ts')).scanCommand(paths, self.optsWithGlobals()),
    )
  withExamples(command, [
    'keyturn scan ~',
    'keyturn scan /var/lib/jenkins --json',
    'keyturn scan --jenkins https://ci.example.org',
    'keyturn scan . --git-history --archives',
    'git show HEAD:.env | keyturn scan - --stdin-name .env',
    'git diff --cached --name-only -z | keyturn scan --files-from - --fail-on any',
    'keyturn scan . -o keyturn.html -o keyturn.sarif',
    'keyturn scan . --write-baseline .keyturn-baseline.json',
    'keyturn scan . --baseline .keyturn-baseline.json --fail-on new',
  ])
}

function addDoctor(program: Command): void {
  const command = withJenkins(program.command('doctor'))
    .description('say why a credential fails, with evidence and the repair')
    .argument(
      '[url]',
      'repository, or a path of REST: https://api.bitbucket.org/2.0/...; default: in a clone, the remote that git fetches from',
    )
    .option('--folder <folder>', 'ask as git in this folder would (default: the working directory)')
    .option('--as-home <folder>', 'ask as git with this home directory would: that of a Jenkins agent')
    .option('--place <id>', 'diagnose this place of a scan; give the scanned paths with --in')
    .option('--in <path...>', 'folders that hold the place')
    .option('--job <name>', 'Jenkins job, with its folders: team/app')
    .option('--credential <id>', 'Jenkins credential id')
    .option('--username <name>', 'username to try')
    .option('--secret-stdin', 'read the secret from standard input')
    .option('--bearer', 'ask REST with the secret alone, as Bearer')
    .option('--email <address>', 'Atlassian e-mail of the owner of the token; REST needs it')
    .option(
      '--atlassian-site <url>',
      'https://NAME.atlassian.net: settles whether a token has no scopes or belongs to another app',
    )
    .option('--operation <what>', 'fetch, push or rest (default: "fetch")')
    .option('--log <file>', 'classify a console log, - for standard input, without any network')
    .option('--report <file>', 'write a report for a support thread: no secret, no e-mail address')
    .option('--anonymous', 'leave names of hosts, people, workspaces, jobs and folders out of the report')
    .option('--explain <code>', 'tell what a diagnosis means, with its source')
    .action(async (url: string | undefined, _: unknown, self: Command) =>
      (await import('./commands/doctor.ts')).doctorCommand(url, self.optsWithGlobals()),
    )
  withExamples(command, [
    'keyturn doctor https://bitbucket.org/acme/app.git',
    'keyturn doctor --jenkins https://ci.example.org --job team/app',
    'keyturn doctor --place p3fa81c07de --in ~',
    'keyturn doctor https://bitbucket.org/acme/app.git --username me --secret-stdin',
    'keyturn doctor https://api.bitbucket.org/2.0/user --bearer --secret-stdin',
    'keyturn doctor https://bitbucket.org/acme/app.git --report out.md --anonymous',
    'keyturn doctor --explain D105',
  ])
}

function addToken(program: Command): void {
  const token = program.command('token').description('keep new tokens in the encrypted vault until they are rolled out')
  const run =
    (action: 'add' | 'list' | 'check' | 'remove') => async (name: string | undefined, _: unknown, self: Command) =>
      (await import('./commands/token.ts')).tokenCommand(action, name, self.optsWithGlobals())
  const add = token
    .command('add')
    .description('take a token from standard input or a hidden prompt, check it, and keep it')
    .argument('<name>')
    .option('--email <address>', 'Atlassian e-mail of its owner; REST needs it')
    .option('--username <name>', 'Bitbucket username of its owner')
    .option('--expires <date>', 'day on which it ends: YYYY-MM-DD')
    .option('--offline', 'keep it without asking Bitbucket')
    .action(run('add'))
  withExamples(add, [
    'keyturn token add ci --email ci@example.org',
    'pass show bitbucket/ci | keyturn token add ci --email ci@example.org',
  ])
  token
    .command('list')
    .description('what is in the vault, by fingerprint')
    .action((_: unknown, self: Command) => run('list')(undefined, _, self))
  token.command('check').description('ask Bitbucket what a token can do').argument('[name]').action(run('check'))
  token
    .command('remove')
    .description('forget a token; at Atlassian it stays until it is revoked there')
    .argument('<name>')
    .action(run('remove'))
}

function addPlan(program: Command): void {
  const command = withVault(withJenkins(program.command('plan')))
    .description('what has to change, which tokens a person must create, what cannot be moved; nothing is changed')
    .argument('[path...]', 'folders or files, as for scan')
    .option('--whole-home', 'your home and what belongs to it, as for scan')
    .option('--helpers', 'what the credential helpers of git hold, as for scan')
    .option('--git-history', 'name what stands in the history of repositories, too')
    .option('--archives', 'name what lies in archives, too')
    .option('-o, --output <file>', 'write the plan to this file as well, JSON or *.yaml; an older plan is replaced')
    .option('--requests', 'print what to send to the people who have to create tokens')
    .addOption(
      new Option('--tokens <policy>', 'one new token per owner, for all, per consumer or per place').choices([
        'owner',
        'all',
        'consumer',
        'place',
      ]),
    )
    .option('--canary <place>', 'change and prove it first: id, path or address; can be repeated', oneMore)
    .option(
      '--use <place=use>',
      'say what reads a place where that was not found: git, push, rest or branch-source; can be repeated',
      oneMore,
    )
    .option('--token <name>', 'use this token of the vault for every place')
    .option('--replace', 'with --token: also where nothing is known to be wrong with the present credential')
    .option('--email <address>', 'Atlassian e-mail of the owner of the tokens that are found; REST needs it')
    .option('--job <name>', 'only what this Jenkins job uses: team/app')
    .option('--repository <url>', 'judge and prove on this repository where a place names none: URL or WORKSPACE/NAME')
    .option('--offline', 'do not ask Bitbucket: judge by what the bytes tell')
    .option('--all', 'show every step')
    .action(async (paths: string[], _: unknown, self: Command) =>
      (await import('./commands/plan.ts')).planCommand(paths, self.optsWithGlobals()),
    )
  withExamples(command, ['keyturn plan ~ -o plan.json', 'keyturn plan --jenkins https://ci.example.org --token ci'])
}

function addApply(program: Command): void {
  const command = withVault(withJenkins(program.command('apply')))
    .description('carry out a plan: one place first, every place proved, stop at the first failure')
    .argument('[plan]', 'plan file or id; default: the newest plan; with --resume a run')
    .option('-y, --yes', 'do not ask; a plan that is named is not asked about')
    .option(
      '--canary <n>',
      'this many places first; go on when all are verified (default: 1 of more than 10; 0: none)',
      wholeNumber,
    )
    .option('--batch <n>', 'prove every place of so many before the next so many begin', numberAboveZero)
    .option('--jobs <n>', 'change so many places of one host at the same time', numberAboveZero, 4)
    .option('--resume', 'continue the last run that did not end, or the one that is named')
    .action(async (plan: string | undefined, _: unknown, self: Command) =>
      (await import('./commands/apply.ts')).applyCommand(plan, self.optsWithGlobals()),
    )
  withExamples(command, [
    'keyturn apply plan.json',
    'keyturn apply plan.json --canary 2 --batch 20',
    'keyturn apply --resume --yes',
  ])
}

/** A build does all that its job does, so that a person names it. */
const BUILD = [
  'also start one build of this Jenkins job, with all that it does, and see what it checks out: team/app/main; can be repeated',
  oneMore,
] as const
const ON_LABEL =
  'also let Jenkins fetch on agents of this label, each credential in a job that is made for it and removed again'

function addVerify(program: Command): void {
  const command = withVault(withJenkins(program.command('verify')))
    .description('prove every place of a run over the wire, as its consumer would')
    .argument('[run]', 'default: the newest run')
    .option('--repository <url>', 'prove on this repository where a place names none: URL or WORKSPACE/NAME')
    .option('--build <job>', ...BUILD)
    .option('--on-label <label>', ON_LABEL)
    .option('--jobs <n>', 'ask about so many places of one host at the same time', numberAboveZero, 4)
    .action(async (run: string | undefined, _: unknown, self: Command) =>
      (await import('./commands/verify.ts')).verifyCommand(run, self.optsWithGlobals()),
    )
  withExamples(command, [
    'keyturn verify',
    'keyturn verify --repository acme/app',
    'keyturn verify --jenkins https://ci.example.org --build team/app/main',
    'keyturn verify --jenkins https://ci.example.org --on-label linux',
  ])
}

function addRollback(program: Command): void {
  const command = withVault(withJenkins(program.command('rollback')))
    .description('put the old bytes back, in reverse order')
    .argument('[run]', 'default: the newest run')
    .option('--place <id>', 'put back this place only')
    .option('--jobs <n>', 'put back so many places of one host at the same time', numberAboveZero, 4)
    .option('-y, --yes', 'do not ask before the first change')
    .action(async (run: string | undefined, _: unknown, self: Command) =>
      (await import('./commands/rollback.ts')).rollbackCommand(run, self.optsWithGlobals()),
    )
  withExamples(command, ['keyturn rollback', 'keyturn rollback r20261123-090000-7f3a09c2 --place p3fa81c07de'])
}

function addStatus(program: Command): void {
  const command = program
    .command('status')
    .description('tokens and when they end, runs and where they stand')
    .action(async (_: unknown, self: Command) =>
      (await import('./commands/status.ts')).statusCommand(self.optsWithGlobals()),
    )
  withExamples(command, ['keyturn status'])
}

function addRuns(program: Command): void {
  const runs = program
    .command('runs')
    .description('every run: when, by whom, how far it came')
    .action(async (_: unknown, self: Command) =>
      (await import('./commands/runs.ts')).runsCommand(self.optsWithGlobals()),
    )
  withExamples(runs, ['keyturn runs'])
  const show = program
    .command('show')
    .description('who changed what in a run, when, from which kind of secret to which, and how it was verified')
    .argument('[run]', 'default: the newest run')
    .addOption(new Option('--format <name>', 'what to print').choices(['human', 'csv']).default('human'))
    .action(async (run: string | undefined, _: unknown, self: Command) =>
      (await import('./commands/runs.ts')).showCommand(run, self.optsWithGlobals()),
    )
  withExamples(show, ['keyturn show', 'keyturn show r20261123-090000-7f3a09c2 --format csv > run.csv'])
  const audit = program
    .command('audit')
    .description('check that the journal of a run is whole, and that its plan and backups are the ones it speaks of')
    .argument('[run]', 'default: every run')
    .action(async (run: string | undefined, _: unknown, self: Command) =>
      (await import('./commands/runs.ts')).auditCommand(run, self.optsWithGlobals()),
    )
  withExamples(audit, ['keyturn audit', 'keyturn audit r20261123-090000-7f3a09c2 --json'])
}

function addForget(program: Command): void {
  const command = withVault(withJenkins(program.command('forget')))
    .description('shred the backups of a run when every place of it is verified; it cannot be rolled back any more')
    .argument('<run>')
    .option('--repository <url>', 'prove on this repository where a place names none: URL or WORKSPACE/NAME')
    .option('--build <job>', ...BUILD)
    .option('--on-label <label>', ON_LABEL)
    .option('--force', 'also when a place is not verified; asks for the name of the run')
    .action(async (run: string, _: unknown, self: Command) =>
      (await import('./commands/forget.ts')).forgetCommand(run, self.optsWithGlobals()),
    )
  withExamples(command, [
    'keyturn forget r20261123-090000-7f3a09c2',
    'keyturn forget r20261123-090000-7f3a09c2 --repository acme/app',
    'keyturn forget r20261123-090000-7f3a09c2 --jenkins https://ci.example.org',
  ])
}

function addSandbox(program: Command): void {
  const sandbox = program
    .command('sandbox')
    .description('a stand-in for Bitbucket Cloud, the Atlassian account and Jenkins, on this machine only')
    .exitOverride()
  addSandboxStart(sandbox)
  addSandboxExec(sandbox)
  sandbox
    .command('env')
    .description('print the settings that lead to the running sandbox')
    .action(async (_: unknown, self: Command) =>
      (await import('./commands/sandbox.ts')).envCommand(self.optsWithGlobals()),
    )
  const clock = sandbox
    .command('clock')
    .description('read or move the clock of the running sandbox')
    .argument('[instant]', 'set it: 2026-07-28, or 2026-06-09T00:05Z')
    .option('--advance <span>', 'put it forward: 90m, 12h, 30d')
    .option('--rate <number>', 'seconds that pass in one real second; 0 stops it', wholeNumber)
    .action(async (now: string | undefined, _: unknown, self: Command) =>
      (await import('./commands/sandbox.ts')).clockCommand(now, self.optsWithGlobals()),
    )
  withExamples(clock, [
    'keyturn sandbox clock',
    'keyturn sandbox clock 2026-07-27T23:00Z --rate 60',
    'keyturn sandbox clock --advance 30d',
  ])
  sandbox
    .command('stop')
    .description('end the running sandbox')
    .action(async (_: unknown, self: Command) =>
      (await import('./commands/sandbox.ts')).stopCommand(self.optsWithGlobals()),
    )
  withExamples(sandbox, [
    'keyturn sandbox                        start it with sample users and jobs',
    'keyturn sandbox exec -- git clone https://bitbucket.org/acme/docs.git',
    'eval "$(keyturn sandbox env)"',
  ])
  for (const command of sandbox.commands) command.exitOverride()
}

function withStartOptions(command: Command): Command {
  return command
    .option('--seed <text>', 'fixes tokens, ids and faults: the same calls, the same answers')
    .option('--now <instant>', 'where its clock stands: 2026-06-09T00:05Z')
    .option('--clock-rate <number>', 'seconds of its clock in one real second; 0 stands', wholeNumber)
    .option('--switch <name=value...>', 'behaviour that is not certain, see sandbox/DIFFERENCES.md')
    .option('--empty', 'without the sample users, repositories and jobs')
}

function addSandboxStart(sandbox: Command): void {
  const start = withStartOptions(sandbox.command('start', { isDefault: true }))
    .description('start it and print how to reach it; it runs until it is interrupted')
    .option('--folder <folder>', 'keep its state here (default: a temporary folder)')
    .option('--port <number>', 'port of the web host', wholeNumber)
    .action(async (_: unknown, self: Command) =>
      (await import('./commands/sandbox.ts')).startCommand(self.optsWithGlobals()),
    )
  withExamples(start, [
    'keyturn sandbox',
    'keyturn sandbox --now 2026-07-27T12:00Z --clock-rate 3600',
    'keyturn sandbox --empty --switch lockOut=429 noRepositoryAccess=401-text',
  ])
}

function addSandboxExec(sandbox: Command): void {
  const exec = withStartOptions(sandbox.command('exec'))
    .description('run a command with unmodified https://bitbucket.org URLs against the running sandbox, or a new one')
    .argument('<command...>')
    .option('--verbose', 'say how the command is led to the sandbox')
    .action(async (words: string[], _: unknown, self: Command) =>
      (await import('./commands/sandbox.ts')).execCommand(words, self.optsWithGlobals()),
    )
  withExamples(exec, ['keyturn sandbox exec -- git ls-remote https://bitbucket.org/acme/docs.git'])
}

function addDemo(program: Command): void {
  const command = program
    .command('demo')
    .description('play the whole story on the sandbox: found, explained, migrated, proved, rolled back')
    .option('--keep', 'leave the folder to explore')
    .action(async (_: unknown, self: Command) =>
      (await import('./commands/demo.ts')).demoCommand(self.optsWithGlobals()),
    )
  withExamples(command, ['keyturn demo', 'keyturn demo --keep', 'keyturn demo --json'])
}

function addCompletion(program: Command): void {
  const command = program
    .command('completion')
    .description('print the completion script of a shell')
    .argument('<shell>', 'bash, zsh or fish')
    .action(async (shell: string) => (await import('./commands/completion.ts')).completionCommand(shell, program))
  withExamples(command, ['eval "$(keyturn completion bash)"', 'keyturn completion fish | source'])
}

/** For an option that can be repeated. */
function oneMore(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** An empty one is a variable that is not set: keys and backups would lie in the working folder. */
function folder(text: string): string {
  if (text !== '') return text
  throw new InvalidArgumentError('It takes the path of a folder.')
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It takes 0 or a whole number above, up to 999999.')
}

function numberAboveZero(text: string): number {
  const number = wholeNumber(text)
  if (number > 0) return number
  throw new InvalidArgumentError('It takes a whole number above 0, up to 999999.')
}
