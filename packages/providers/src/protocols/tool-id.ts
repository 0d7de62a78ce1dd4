/** A tool call's id as a service takes it: the id itself where `allowed` matches, else nine letters and digits made from it, the same ones every time. */
export function toolId(id: string, allowed: RegExp): string {
  if (allowed.test(id)) return id
  let hash = 0xcbf29ce484222325n
  for (let i = 0; i < id.length; i++) hash = BigInt.asUintN(64, (hash ^ BigInt(id.charCodeAt(i))) * 0x100000001b3n)
  return hash.toString(36).padStart(9, '0').slice(-9)
}
