import { CommanderError } from 'commander'

/** Commander's end of a command line, with the command whose line it was. Exit code 0: help or version was asked for. */
export class UsageError extends CommanderError {
  /** As it is typed: `keyturn token add`. */
  readonly command: string

  constructor(command: string, { exitCode, code, message }: CommanderError) {
    super(exitCode, code, message)
    this.command = command
  }
}
