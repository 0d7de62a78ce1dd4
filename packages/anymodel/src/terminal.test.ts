import { encodePng } from '@anymodel/core/png'
import { describe, expect, it } from 'vitest'
import { pictureDisplay, type Terminal } from './terminal.ts'

/** Red over blue, green over white. */
const data = encodePng({ width: 2, height: 2, data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255) })
const picture = { mediaType: 'image/png', data }

function terminal(depth = 24, more: Partial<Terminal> = {}) {
  const written: string[] = []
  const write = (text: string) => written.push(text)
  return { written, isTTY: true, columns: 80, rows: 5, getColorDepth: () => depth, write, ...more }
}

async function shown(env: Record<string, string>, depth?: number): Promise<string[]> {
  const stream = terminal(depth)
  const display = pictureDisplay(stream, env)
  await display?.show(picture)
  display?.done()
  return stream.written
}

describe('a picture in a terminal', () => {
  it('is half blocks in its colours, over the room that was made for it', async () => {
    const [room, drawn = '', end] = await shown({ TERM: 'xterm-256color' })
    expect(room).toBe('\n\n\u001b[2A')
    const first = drawn.split('\r\n')[0] ?? ''
    expect(first.startsWith('\u001b7\u001b[38;2;255;0;0;48;2;255;0;0m▀')).toBe(true)
    expect(first.match(/▀/g)).toHaveLength(4)
    const second = drawn.split('\r\n')[1] ?? ''
    expect(second).toMatch(/38;2;0;0;255;48;2;0;0;255m▀.*38;2;255;255;255;48;2;255;255;255m▀/)
    expect(drawn.endsWith('\u001b[0m\u001b8')).toBe(true)
    expect(end).toBe('\n\n')
  })

  it('goes to Kitty as a PNG file in pieces', async () => {
    const large = encodePng({
      width: 64,
      height: 64,
      data: Uint8Array.from({ length: 3 * 64 * 64 }, (_, i) => Math.imul(i * i, 0x9e3779b1) >>> 24),
    })
    const stream = terminal()
    await pictureDisplay(stream, { KITTY_WINDOW_ID: '1' })?.show({ mediaType: 'image/png', data: large })
    const pieces = (stream.written[1] ?? '')
      .split('\u001b_G')
      .slice(1)
      .map((piece) => (piece.split('\u001b')[0] ?? '').split(';'))
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces[0]?.[0]).toBe('a=T,f=100,i=1,p=1,r=2,C=1,q=2,m=1')
    expect(pieces.at(-1)?.[0]).toBe('m=0')
    for (const [, piece = ''] of pieces) expect(piece.length).toBeLessThanOrEqual(4_096)
    expect(Buffer.from(pieces.map(([, piece]) => piece).join(''), 'base64')).toEqual(Buffer.from(large))
  })

  it('goes to iTerm2 as a file', async () => {
    const [, drawn] = await shown({ TERM_PROGRAM: 'iTerm.app' })
    expect(drawn).toContain(`\u001b]1337;File=inline=1;size=${data.length};height=2;preserveAspectRatio=1:`)
  })

  it('is half blocks inside tmux, which passes no pictures on', async () => {
    for (const env of [
      { KITTY_WINDOW_ID: '1', TMUX: 'x' },
      { TERM_PROGRAM: 'iTerm.app', TERM: 'screen-256color' },
    ])
      expect((await shown(env))[1]).toContain('▀')
  })

  it('is not shown in few colours, without colours, or where there is no terminal', async () => {
    expect(await shown({ TERM: 'xterm' }, 8)).toEqual([])
    expect(await shown({ NO_COLOR: '1' })).toEqual([])
    expect(await shown({ TERM: 'dumb' })).toEqual([])
    expect(pictureDisplay(terminal(24, { isTTY: false }), {})).toBeUndefined()
  })

  it('of a type that it can not show is passed over', async () => {
    const stream = terminal()
    const display = pictureDisplay(stream, {})
    await display?.show({ mediaType: 'image/webp', data })
    display?.done()
    expect(stream.written).toEqual([])
  })
})
