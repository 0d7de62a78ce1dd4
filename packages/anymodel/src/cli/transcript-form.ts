import { AnyModelError, type Transcript, toSrt, toVtt } from '@anymodel/core'
import type { TranscribeFlags } from './transcribe.ts'

type Form = 'text' | 'srt' | 'vtt' | 'json'

/** The form of a transcript: what a flag says, else the ending of the file, else text. Throws `invalid-argument` for several. */
export function formOf({ output = '', srt, vtt, json }: TranscribeFlags): Form {
  const flags = Object.entries({ srt, vtt, json }).flatMap(([form, given]) => (given ? [form as Form] : []))
  if (flags.length > 1)
    throw new AnyModelError('invalid-argument', 'Of --srt, --vtt and --json only one can be printed.')
  const [, ending] = /\.(srt|vtt|json)$/i.exec(output) ?? []
  return flags[0] ?? (ending?.toLowerCase() as Form | undefined) ?? 'text'
}

/** A transcript as a file. */
export function written(form: Form, transcript: Transcript): string {
  if (form === 'srt') return toSrt(timed(transcript))
  if (form === 'vtt') return toVtt(timed(transcript))
  if (form === 'json') return `${JSON.stringify(summary(transcript), null, process.stdout.isTTY ? 2 : 0)}\n`
  return `${transcript.text}\n`
}

function timed({ segments, text, response }: Transcript): Transcript['segments'] {
  if (segments.length > 0 || text === '') return segments
  throw new AnyModelError(
    'unsupported',
    `${response.provider}/${response.model} gives no times, so there are no subtitles: choose another model.`,
  )
}

const summary = ({ text, segments, language, seconds, usage, warnings, response }: Transcript) => {
  const { raw: _raw, ...tokens } = usage
  const { provider, model } = response
  return { text, segments, language, seconds, provider, model, usage: tokens, warnings }
}
