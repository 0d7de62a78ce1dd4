/** Functions at the top level of a program, by language: their names as they stand in it. */
const definitions: Readonly<Record<string, RegExp>> = {
  python: /^(?:async\s+)?def\s+([A-Za-z]\w*)\s*\(.*$/gm,
  javascript: functions(),
  typescript: functions(),
}

function functions(): RegExp {
  return /^(?:export\s+)?(?:default\s+)?(?:(?:async\s+)?function\s*\*?\s*([A-Za-z_$][\w$]*)|(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*(?::[^=\n]*)?=\s*(?:async\s*)?(?:function|\([^\n]*=>|[\w$]+\s*=>)).*$/gm
}

/** A function that more than half of the programs define: of those that most define, one that the task names, else the last. With the line that defines it. */
export function commonFunction(
  programs: readonly string[],
  language: string,
  task: string,
): { readonly name: string; readonly line: string } | undefined {
  const counts = new Map<string, { count: number; line: string }>()
  for (const program of programs) {
    const found = [...program.matchAll(definitions[language] ?? /$^/g)]
    for (const [name, line] of new Map(found.map(([line, first, second]) => [first ?? second ?? '', line])))
      counts.set(name, { count: (counts.get(name)?.count ?? 0) + 1, line })
  }
  const most = Math.max(0, ...[...counts.values()].map(({ count }) => count))
  if (most <= programs.length / 2) return undefined
  const names = [...counts].filter(([, { count }]) => count === most)
  const named = names.find(([name]) =>
    new RegExp(String.raw`(?<![\w$])${name.replaceAll('$', String.raw`\$`)}(?![\w$])`).test(task),
  )
  const chosen = named ?? names.at(-1)
  return chosen && { name: chosen[0], line: chosen[1].line }
}
