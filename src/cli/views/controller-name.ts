/** `Jenkins`; where several controllers were asked, with the address of this one, without scheme. `url`: of one of its places. */
export function controllerName(url: string, sources: readonly string[]): string {
  const controllers = sources.filter((source) => /^https?:\/\//.test(source))
  const own = controllers.find((controller) => url.startsWith(`${controller}/`))
  return controllers.length < 2 || own === undefined ? 'Jenkins' : `Jenkins ${own.replace(/^https?:\/\//, '')}`
}
