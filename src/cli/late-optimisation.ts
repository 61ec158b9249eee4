import { setFlagsFromString } from 'node:v8'

/**
 * For commands that ask over the network and search no files. The parser of HTTP replies (undici) is WebAssembly, one function of 34 KB: after
 * three replies V8 optimises it beside the command, for some 80 ms of a processor, which a few thousand replies do not save again. With this,
 * in bytes executed, it waits for some two hundred (Node 20 to 26). The search of files is WebAssembly, too, and is to be optimised at once.
 * The flag is of the whole process, so no library may set it.
 */
export function optimiseLate(): void {
  setFlagsFromString('--wasm-tiering-budget=1000000000')
}
