import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { testFolder } from '../testing/config-file.ts'
import { runCli } from '../testing/run-cli.ts'

const voice = process.env.ANYMODEL_PIPER_VOICE ?? ''

test('without a model the error says how to get one', async () => {
  const { code, err } = await runCli(['speak', 'Hello.', '-o', 'hello.wav'], { cwd: testFolder() })
  expect(code).toBe(2)
  expect(err).toContain('anymodel pull hf:onnx-community/Kokoro-82M-v1.0-ONNX:q8')
})

describe.skipIf(!existsSync(voice))('with a Piper voice (skipped without ANYMODEL_PIPER_VOICE)', () => {
  test('speaks into a file, offline', async () => {
    const cwd = testFolder()
    const { code, err } = await runCli(['speak', 'Hello.', '-o', 'hello.wav', '--model', `dir:${voice}`], { cwd })
    expect([code, err]).toEqual([0, expect.stringMatching(/hello\.wav \(\d\.\d s\)/)])
    expect(readFileSync(join(cwd, 'hello.wav')).toString('latin1', 0, 4)).toBe('RIFF')
  })

  test('speaks what is piped in into a pipe', async () => {
    const { out } = await runCli(['speak', '--model', `dir:${voice}`], { cwd: testFolder(), input: 'Hello.' })
    expect(out.slice(0, 4)).toBe('RIFF')
  })
})
