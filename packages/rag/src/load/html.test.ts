import { describe, expect, it } from 'vitest'
import { load } from './load.ts'

const html = async (markup: string | Uint8Array, id = 'page.html') =>
  (await load({ id, bytes: typeof markup === 'string' ? Buffer.from(markup) : markup }))[0]

describe('web pages', () => {
  it('give the text of their main part, with headings, lists and tables, and what their head says', async () => {
    const document = await html(`<!doctype html><html lang="en-GB"><head>
      <title>The
        title &amp; more</title><meta name="author" content="A. Writer">
      <meta property="article:published_time" content="2024-05-06T07:08:09Z"><style>p{}</style></head>
      <body><nav><a href="/">Home</a></nav><header>Site</header>
      <main><h1>One <em>big</em>&nbsp;heading</h1><p>A paragraph<br>with a break, <b>bold</b>text.</p>
      <ul><li>first</li><li>second <ul><li>inner</li></ul></li></ul>
      <h2>Table</h2><table><tr><th>Name</th><th>Age</th></tr><tr><td>Ann</td><td></td><td>3</td></tr></table>
      <pre>  if (x)
    y()</pre><script>alert(1)</script><img src="x" alt="A picture"></main><footer>Imprint</footer></body></html>`)
    expect(document?.text).toBe(
      [
        'One big heading',
        'A paragraph\nwith a break, boldtext.',
        '- first\n- second\n\n- inner',
        'Table',
        'Name | Age\nAnn |  | 3',
        '  if (x)\n    y()',
        'A picture',
      ].join('\n\n'),
    )
    expect(
      document?.headings?.map(({ level, title, start, end }) => [level, title, document.text.slice(start, end)]),
    ).toEqual([
      [1, 'One big heading', 'One big heading'],
      [2, 'Table', 'Table'],
    ])
    expect(document).toMatchObject({
      title: 'The title & more',
      language: 'en-GB',
      created: '2024-05-06T07:08:09.000Z',
      metadata: { author: 'A. Writer' },
    })
  })

  it('do not give what they hide', async () => {
    const document = await html(
      `<p>seen<p hidden>no</p><div style="display: none">no</div><span style="font-size:0px">no</span><i aria-hidden="true">no</i>
      <div style="visibility:hidden"><p>no</p></div><template><p>no</p></template><noscript>no</noscript><p style="font-size: 0.9em">too</p><!-- no -->`,
    )
    expect(document?.text).toBe('seen\n\ntoo')
  })

  it('are read in the encoding that they declare', async () => {
    const bytes = Buffer.concat([Buffer.from('<meta charset="windows-1251"><p>'), Buffer.from([0xea, 0xee, 0xf2])])
    expect((await html(bytes))?.text).toBe('кот')
  })

  it('are told by their look', async () => {
    expect((await html('<!DOCTYPE html><title>T</title><p>x', 'download'))?.mediaType).toBe('text/html')
  })

  it.each([
    ['elements in elements', '<div>'.repeat(100_000)],
    ['open paragraphs', '<p>x'.repeat(100_000)],
    ['ends without beginnings', '</b>'.repeat(200_000)],
    ['brackets', '<'.repeat(500_000)],
    ['attributes', `<a ${'x '.repeat(300_000)}>`],
    ['articles', '<article>a</article>'.repeat(30_000)],
    ['articles in articles', '<article>'.repeat(20_000)],
    ['cells', `<table><tr>${'<td>x'.repeat(50_000)}`],
    ['entities', '&amp;'.repeat(200_000)],
    ['formats', '<b><i>'.repeat(50_000)],
  ])('with many %s take no longer than they are long', async (_, markup) => {
    const began = performance.now()
    await html(markup).catch(({ message }: Error) => expect(message).toMatch(/nested more than/))
    expect(performance.now() - began).toBeLessThan(8_000)
  })
})
