/** A picture as models give it: the bytes of a file. */
export interface ShownPicture {
  readonly mediaType: string
  readonly data: Uint8Array
}

/** A place in a terminal where pictures are shown, each in place of the one before. */
export interface PictureDisplay {
  /** Shows a picture; what the terminal can't show is passed over. */
  show(picture: ShownPicture): Promise<void>
  /** Leaves the last picture where it is; what is written from now on stands below. */
  done(): void
}

/** What of a terminal is used. */
export interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  getColorDepth?(env?: object): number
  write(text: string): unknown
}

/** A picture as what is written where the cursor stands; `undefined` when it can't be shown. `room` is in characters. */
type Draw = (
  picture: ShownPicture,
  room: { readonly columns: number; readonly rows: number },
) => Promise<string | undefined>

/** A display in a terminal that can show pictures: by the protocols of Kitty or iTerm2, else in half blocks of 24-bit colours. `undefined` for others, for files and for pipes. */
export function pictureDisplay(
  terminal: Terminal,
  env: Readonly<Record<string, string | undefined>> = process.env,
): PictureDisplay | undefined {
  const draw = terminal.isTTY ? drawFor(terminal, env) : undefined
  if (!draw) return undefined
  const room = {
    columns: Math.min(40, (terminal.columns ?? 80) - 1),
    rows: Math.max(1, Math.min(20, (terminal.rows ?? 24) - 3)),
  }
  let open = false
  return {
    async show(picture) {
      const drawn = await draw(picture, room)
      if (drawn === undefined) return
      if (!open) terminal.write(`${'\n'.repeat(room.rows)}${up(room.rows)}`)
      open = true
      terminal.write(`${savePlace}${drawn}${toPlace}`)
    },
    done() {
      if (open) terminal.write('\n'.repeat(room.rows))
      open = false
    },
  }
}

const esc = '\u001b'
const savePlace = `${esc}7`
const toPlace = `${esc}8`
const up = (rows: number): string => `${esc}[${rows}A`

function drawFor(terminal: Terminal, env: Readonly<Record<string, string | undefined>>): Draw | undefined {
  if (env.NO_COLOR || env.TERM === 'dumb') return undefined
  // Programs between us and the terminal (tmux, screen) pass no pictures on.
  const isDirect = !env.TMUX && !/^(?:screen|tmux)/.test(env.TERM ?? '')
  if (isDirect && (env.KITTY_WINDOW_ID || /kitty|ghostty/.test(env.TERM ?? ''))) return kitty
  if (isDirect && /^(?:iTerm\.app|WezTerm)$/.test(env.TERM_PROGRAM ?? '')) return iterm
  return (terminal.getColorDepth?.(env) ?? 1) >= 24 ? halfBlocks : undefined
}

const toBase64 = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64')

/** https://sw.kovidgoyal.net/kitty/graphics-protocol/ */
const kitty: Draw = async ({ mediaType, data }, { rows }) => {
  if (mediaType !== 'image/png') return undefined
  const pieces = toBase64(data).match(/.{1,4096}/g) ?? []
  return pieces
    .map((piece, i) => {
      const first = i === 0 ? `a=T,f=100,i=1,p=1,r=${rows},C=1,q=2,` : ''
      return `${esc}_G${first}m=${i === pieces.length - 1 ? 0 : 1};${piece}${esc}\\`
    })
    .join('')
}

/** https://iterm2.com/documentation-images.html */
const iterm: Draw = async ({ data }, { rows }) =>
  `${esc}]1337;File=inline=1;size=${data.length};height=${rows};preserveAspectRatio=1:${toBase64(data)}\u0007`

/** Two pixels in a character: the upper one as its colour, the lower one behind it. */
const halfBlocks: Draw = async ({ mediaType, data }, { columns, rows }) => {
  if (mediaType !== 'image/png') return undefined
  const { decodePng } = await import('@anymodel/core/png')
  const picture = decodePng(data, 255)
  const scale = Math.min(columns / picture.width, (2 * rows) / picture.height)
  const width = Math.max(1, Math.round(picture.width * scale))
  const lines = Math.max(1, Math.round((picture.height * scale) / 2))
  const colourAt = (x: number, y: number): string => {
    const from = Math.min(picture.height - 1, Math.floor(((y + 0.5) * picture.height) / (2 * lines)))
    const at = 3 * (from * picture.width + Math.floor(((x + 0.5) * picture.width) / width))
    return picture.data.subarray(at, at + 3).join(';')
  }
  return Array.from({ length: lines }, (_, line) => {
    const blocks = Array.from(
      { length: width },
      (_, x) => `${esc}[38;2;${colourAt(x, 2 * line)};48;2;${colourAt(x, 2 * line + 1)}m▀`,
    )
    return `${blocks.join('')}${esc}[0m`
  }).join('\r\n')
}
