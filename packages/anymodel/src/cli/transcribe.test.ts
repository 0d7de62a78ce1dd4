import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { testFolder } from '../testing/config-file.ts'
import { runCli } from '../testing/run-cli.ts'

const model = resolve('../shared/models/whisper-tiny.en')
const talk = resolve('../shared/datasets/audio/jfk.wav')
const isThere = existsSync(model) && existsSync(talk)

test('without a model the error says how to get one', async () => {
  const { code, err } = await runCli(['transcribe', 'talk.wav'], { cwd: testFolder() })
  expect(code).toBe(2)
  expect(err).toContain('anymodel pull hf:onnx-community/whisper-tiny.en')
  expect(err).toContain('anymodel transcribe talk.wav --model hf:onnx-community/whisper-tiny.en')
})

test('a file that is not there, and two forms at once, are wrong usage', async () => {
  const cwd = testFolder()
  const absent = await runCli(['transcribe', 'talk.wav', '--model', 'dir:x'], { cwd })
  expect([absent.code, absent.err]).toEqual([2, expect.stringMatching(/talk\.wav can't be read/)])
  const both = await runCli(['transcribe', 'talk.wav', '--srt', '--vtt', '--model', 'dir:x'], { cwd })
  expect([both.code, both.err]).toEqual([2, expect.stringMatching(/only one/)])
})

describe.skipIf(!isThere)('with whisper-tiny.en (skipped without ../shared/models and ../shared/datasets)', () => {
  const run = (...args: string[]) =>
    runCli(['transcribe', talk, '--model', `dir:${model}`, ...args], { cwd: testFolder() })

  test('prints what is spoken, offline', async () => {
    const { code, out } = await run()
    expect(code).toBe(0)
    expect(out).toMatch(/^And so my fellow Americans,? ask not .*\n$/)
  })

  test('prints subtitles', async () => {
    const { out } = await run('--srt')
    expect(out).toMatch(/^1\n00:00:00,\d{3} --> 00:00:\d\d,\d{3}\nAnd so my fellow Americans/)
  })

  test('prints one JSON object, and what was left out on the error stream', async () => {
    const { out, err } = await run('--json', '--language', 'de')
    const { text, segments, language, seconds } = JSON.parse(out)
    expect(text).toMatch(/^And so/)
    expect(segments[0]).toMatchObject({ start: 0, text: expect.stringMatching(/^And so/) })
    expect({ language, seconds }).toEqual({ language: 'en', seconds: 11 })
    expect(err).toMatch(/English only/)
  })
})
