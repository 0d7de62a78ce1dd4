import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Chunk } from '../contract.ts'
import { codeSplitter } from './code.ts'

const split = async (text: string, programmingLanguage: string, size: number, id = 'x') =>
  (await codeSplitter({ size, by: 'grammar' })({ id, text, metadata: { programmingLanguage } })) as readonly Chunk[]

/** A class or the like with two methods, `first` and `second`, in the ways of each language; what leads the second, and its last line. */
const classes: Readonly<Record<string, { text: string; path: string; leads: string; ends: string }>> = {
  javascript: {
    text: `/** A box. */\nexport class Box {\n  /** Puts in. */\n  first() {\n    return 1\n  }\n\n  /** Takes out. */\n  async second(a) {\n    await a\n    return 2\n  }\n}\n`,
    path: 'Box > second',
    leads: '/** Takes out. */',
    ends: 'return 2\n  }\n}',
  },
  typescript: {
    text: `@sealed\nexport abstract class Box<T> {\n  first(): number {\n    return 1\n  }\n\n  // Takes out.\n  @logged\n  private second(a: T): string {\n    return '2'\n  }\n}\n`,
    path: 'Box > second',
    leads: '// Takes out.\n  @logged',
    ends: "return '2'\n  }\n}",
  },
  tsx: {
    text: `export class Box extends Component<Props> {\n  first() {\n    return <a href="x">one</a>\n  }\n\n  /** Takes out. */\n  second() {\n    return <b>two</b>\n  }\n}\n`,
    path: 'Box > second',
    leads: '/** Takes out. */',
    ends: 'return <b>two</b>\n  }\n}',
  },
  python: {
    text: `class Box:\n    """A box."""\n    def first(self):\n        """Text that\n  goes to the left."""\n        return 1\n\n    # Takes out.\n    @cached\n    def second(self):\n        return 2\n`,
    path: 'Box > second',
    leads: '# Takes out.\n    @cached',
    ends: 'return 2',
  },
  java: {
    text: `@Entity\npublic class Box {\n    public int first() {\n        return 1;\n    }\n\n    /** Takes out. */\n    @Override\n    public String second() {\n        return "2";\n    }\n}\n`,
    path: 'Box > second',
    leads: '/** Takes out. */\n    @Override',
    ends: 'return "2";\n    }\n}',
  },
  rust: {
    text: `impl<T> Display for Box<T> {\n    fn first(&self) -> i32 {\n        1111111111111111111\n    }\n\n    /// Takes out.\n    #[inline]\n    fn second(&self) -> i32 {\n        2\n    }\n}\n`,
    path: 'Box > second',
    leads: '/// Takes out.\n    #[inline]',
    ends: '2\n    }\n}',
  },
  go: {
    text: `package box\n\n// First puts in.\nfunc (b *Box) First(text string) int {\n\treturn 1 + len(text) + 1000\n}\n\n// Second takes out.\nfunc (b *Box) Second() error {\n\treturn nil\n}\n`,
    path: 'Second',
    leads: '// Second takes out.',
    ends: 'return nil\n}',
  },
  c: {
    text: `#include <stdio.h>\n\nstatic int\nfirst(int a)\n{\n    return printf("%d", a + 1000);\n}\n\n/* Takes out. */\nchar *second(void)\n{\n    return "2";\n}\n`,
    path: 'second',
    leads: '/* Takes out. */',
    ends: 'return "2";\n}',
  },
  cpp: {
    text: `template <typename T>\nclass Box {\n public:\n  int first() const {\n    return 1;\n  }\n\n  // Takes out.\n  T second() const {\n    return T();\n  }\n};\n`,
    path: 'Box > second',
    leads: '// Takes out.',
    ends: 'return T();\n  }\n};',
  },
  csharp: {
    text: `public class Box\n{\n    public int First()\n    {\n        return 1;\n    }\n\n    /// Takes out.\n    [Obsolete]\n    public string Second()\n    {\n        return "2";\n    }\n}\n`,
    path: 'Box > Second',
    leads: '/// Takes out.\n    [Obsolete]',
    ends: 'return "2";\n    }\n}',
  },
  ruby: {
    text: `class Box\n  def first(a)\n    a.each { |x| puts x }\n  end\n\n  # Takes out.\n  def second\n    'two of them'\n  end\nend\n`,
    path: 'Box > second',
    leads: '# Takes out.',
    ends: "'two of them'\n  end\nend",
  },
  php: {
    text: `<?php\nclass Box {\n  function first() {\n    return 1111111111;\n  }\n\n  /** Takes out. */\n  public function second($a) {\n    return 2;\n  }\n}\n`,
    path: 'Box > second',
    leads: '/** Takes out. */',
    ends: 'return 2;\n  }\n}',
  },
}

describe('the code splitter by grammar', () => {
  it.each(Object.entries(classes))(
    'cuts %s between its methods, each with what leads it, under its names',
    async (language, given) => {
      const { text, path, leads, ends } = given
      const second = text.slice(text.indexOf(leads)).trimEnd()
      const chunks = await split(text, language, Math.max(second.length, text.indexOf(leads)) + 2)
      expect(chunks).toHaveLength(2)
      expect(chunks[1]?.text.startsWith(leads)).toBe(true)
      expect(chunks[1]?.text.endsWith(ends)).toBe(true)
      expect(chunks[1]?.headings.join(' > ')).toBe(path)
    },
  )

  it('names a function whose pieces are in several chunks, and no function for a chunk of two', async () => {
    const long = `export const long = () => {\n${Array.from({ length: 20 }, (_, n) => `  call(${n})\n`).join('')}}\n`
    const chunks = await split(`${long}\nfunction a() {}\nfunction b() {}\n`, 'typescript', 100)
    expect(chunks.slice(0, 3).map(({ headings }) => headings)).toEqual([['long'], ['long'], ['long']])
    expect(chunks.at(-1)).toMatchObject({ text: 'function a() {}\nfunction b() {}', headings: [] })
  })

  it('keeps a function whole that fits without its long comment, and does not leave a short one alone', async () => {
    const code = `function f() {\n${'  call(1)\n'.repeat(15)}}`
    const long = `/**\n${' * Says something about it.\n'.repeat(4)} */`
    expect(
      (await split(`${long}\n${code}\n`, 'javascript', 200)).map(({ text, headings }) => [text, headings]),
    ).toEqual([
      [long, ['f']],
      [code, ['f']],
    ])
    const [first] = await split(`// Short.\n${code}\n`, 'javascript', code.length + 2)
    expect(first?.text).toMatch(/^\/\/ Short\.\nfunction f/)
  })

  it('names chunks alike when they repeat words of the one before', async () => {
    const text = Array.from({ length: 6 }, (_, n) => `function f${n}() {\n  return '${'x '.repeat(30)}'\n}\n`).join(
      '\n',
    )
    const document = { id: 'x', text, metadata: { programmingLanguage: 'javascript' } }
    const chunks = await codeSplitter({ size: 130, overlap: 20, by: 'grammar' })(document)
    expect(chunks.some((chunk, place) => chunk.start < (chunks[place - 1]?.end ?? 0))).toBe(true)
    expect(chunks.map(({ headings }) => headings)).toEqual(chunks.map((_, n) => [`f${n}`]))
  })

  it('counts places as the text does, whatever its characters and line ends', async () => {
    const text =
      '// 👩‍👩‍👧 漢字 \ud800\r\nfunction a() {\r\n  return "🇩🇪"\r\n}\r\n\r\n// é\r\nfunction b() {\r\n  return 2\r\n}\r\n'
    const chunks = await split(text, 'javascript', 60)
    expect(chunks.map((chunk) => chunk.text)).toEqual([
      text.slice(0, text.indexOf('\r\n\r\n')),
      text.slice(text.indexOf('// é')).trimEnd(),
    ])
    for (const { start, end, text: piece } of chunks) expect(text.slice(start, end)).toBe(piece)
  })

  it('tells TypeScript with elements in it by its name', async () => {
    const text =
      "export function a() {\n  return <p>it's one</p>\n}\n\nexport function b() {\n  return <p>it's two</p>\n}\n"
    const names = async (id: string) => (await split(text, 'typescript', 50, id)).map(({ headings }) => headings)
    expect(await names('a.tsx')).toEqual([['a'], ['b']])
    expect(await names('a.ts')).not.toEqual([['a'], ['b']])
  })

  it.each([
    ['prose', 'It was a dark and stormy night; the rain fell in torrents - except at intervals.\n'.repeat(20)],
    ['brackets that never close', '([{'.repeat(5_000)],
    ['quotes', '`"\''.repeat(5_000)],
    ['deep nesting', `${'if (x) {\n'.repeat(5_000)}${'}\n'.repeat(5_000)}`],
    ['deep arrays', `x = ${'[\n'.repeat(10_000)}${']\n'.repeat(10_000)}`],
    ['comments', '// a\n'.repeat(10_000)],
    ['nothing', ''],
    ['zeros', '\0'.repeat(10_000)],
    ['operators', 'a < b > c ? d : e => '.repeat(10_000)],
  ])(
    'cuts %s that are said to be code in bounded time, without losing a character',
    async (_, text) => {
      for (const language of ['typescript', 'python']) {
        const chunks = await split(text, language, 800)
        expect(
          chunks
            .map((chunk) => chunk.text)
            .join('')
            .replace(/\s/g, ''),
        ).toBe(text.replace(/\s/g, ''))
      }
    },
    60_000,
  )

  it('goes by indentation where there is no grammar, and where it is told so', async () => {
    const text = 'fun one() {\n  return 1\n}\n\nfun two() {\n  return 2\n}\n'
    const expected = [text.slice(0, 26).trim(), text.slice(26).trim()]
    expect((await split(text, 'kotlin', 30)).map((chunk) => chunk.text)).toEqual(expected)
    const code = text.replaceAll('fun ', 'func ')
    const plain = await codeSplitter({ size: 30, by: 'indentation' })({
      id: 'x',
      text: code,
      metadata: { programmingLanguage: 'go' },
    })
    expect(plain.map(({ headings }) => headings)).toEqual([[], []])
  })

  it('keeps whole what fits, of this code base', async () => {
    const folder = new URL('./', import.meta.url)
    const names = (await readdir(folder)).filter((name) => /^[a-z-]+\.ts$/.test(name))
    for (const name of names) {
      const text = await readFile(new URL(name, folder), 'utf8')
      const functions = text.match(/^(?:export )?(?:async )?function [\s\S]*?^\}/gm) ?? []
      const chunks = await split(text, 'typescript', 1_500)
      for (const code of functions.filter(({ length }) => length <= 1_200))
        expect(
          chunks.some((chunk) => chunk.text.includes(code)),
          code.slice(0, 80),
        ).toBe(true)
    }
  })
})
