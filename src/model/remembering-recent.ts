/**
 * Gives what is known for a key, or makes it. At most `most` are kept: what nobody asked for longest is forgotten, and made again for
 * whoever asks next.
 */
export function rememberingRecent<Value>(most: number): (key: string, make: () => Value) => Value {
  const known = new Map<string, { readonly value: Value }>()
  return (key, make) => {
    const entry = known.get(key) ?? { value: make() }
    known.delete(key)
    known.set(key, entry)
    const [oldest] = known.size > most ? known.keys() : []
    if (oldest !== undefined) known.delete(oldest)
    return entry.value
  }
}
