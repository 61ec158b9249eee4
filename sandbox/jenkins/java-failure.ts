/** An exception as `printStackTrace` shows it: class and message, then one frame in place of many. */
export class JavaFailure extends Error {
  readonly trace: readonly string[]
  constructor(javaClass: string, message: string, frame: string) {
    super(message)
    this.trace = [...`${javaClass}: ${message}`.split('\n'), `\tat ${frame}`]
  }
}
