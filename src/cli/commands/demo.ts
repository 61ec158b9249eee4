import { join } from 'node:path'
import { makeTemporaryFolder, nodeFiles, nodeProcesses, openKeyturn, removeTemporaryFolder } from '../../index.ts'
import { makeScreen } from '../demo/screen.ts'
import { type Stage, setStage } from '../demo/stage.ts'
import { tellStory } from '../demo/story.ts'
import { type GlobalOptions, outputOf } from '../session.ts'

interface DemoOptions extends GlobalOptions {
  readonly keep?: boolean
}

/** No questions, no network beyond loopback. */
export async function demoCommand(options: DemoOptions): Promise<void> {
  const output = outputOf(options)
  const started = performanceNow()
  const folder = await makeTemporaryFolder('keyturn-demo')
  output.tell([
    output.paint.bold('keyturn demo: the day after app passwords were switched off'),
    '',
    'All of it is made up and on this machine: Bitbucket, Jenkins, people, secrets.',
    `The stage is ${folder}`,
  ])
  output.progress('Setting the stage ...')
  const stage = await setStage(folder, nodeFiles(), nodeProcesses(process.env))
  try {
    const keyturn = await openKeyturn({
      environment: { ...stage.environment, HOME: stage.devHome },
      ca: await authorityOf(stage),
      home: join(folder, 'keyturn'),
      now: () => stage.sandbox.world.now(),
      logins: [{ baseUrl: stage.jenkins.url, user: 'admin', apiToken: stage.admin.apiToken }],
    })
    const screen = makeScreen(output)
    await tellStory({ stage, keyturn, screen, output })
    if (output.json)
      output.result({ schema: 'keyturn/demo/1', folder: options.keep ? folder : null, scenes: screen.scenes }, () => [])
    output.tell([
      '',
      output.paint.bold('Found, explained, migrated, proved, and put back.'),
      ...endLines(folder, options.keep === true, performanceNow() - started),
    ])
  } finally {
    await stage.jenkins.stop()
    await stage.sandbox.stop()
    if (!options.keep) await removeTemporaryFolder(folder)
  }
}

async function authorityOf(stage: Stage): Promise<string> {
  return Buffer.from(await nodeFiles().read(stage.sandbox.caFile)).toString('utf8')
}

function endLines(folder: string, kept: boolean, ms: number): readonly string[] {
  const seconds = `${Math.round(ms / 100) / 10} s`
  return kept
    ? [`It took ${seconds}. The folder stays: ${folder}`, `    ls -R ${folder}/dev ${folder}/jenkins_home`]
    : [
        `It took ${seconds}. The folder was removed; --keep leaves it to explore.`,
        '',
        'On a machine of your own, reading only:',
        '    npm run keyturn -- scan ~',
      ]
}

function performanceNow(): number {
  return process.uptime() * 1000
}
