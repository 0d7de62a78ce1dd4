// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the config's own notation
import { afterEach, expect, test, vi } from 'vitest'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { toRoute } from './route.ts'

afterEach(() => void vi.unstubAllEnvs())

const routeOf = async (config: Config, name: string) => toRoute(await loadConfig(config), name)

test('a role leads to its model, with default retries', async () => {
  expect(await routeOf({ models: { chat: 'groq/meta/llama' } }, 'chat')).toEqual({
    roles: ['chat'],
    model: { provider: 'groq', id: 'meta/llama' },
    given: [],
    defaults: {},
    retry: { attempts: 3, maxWait: 20_000 },
    timeouts: {},
  })
})

test('durations become milliseconds', async () => {
  const timeouts = { connect: '250ms', headers: '1.5s', firstContent: '2m', idle: '1h', total: '1d' }
  const { timeouts: ms } = await routeOf({ models: { chat: { use: 'groq/x', timeouts } } }, 'chat')
  expect(ms).toEqual({ connect: 250, headers: 1_500, firstContent: 120_000, idle: 3_600_000, total: 86_400_000 })
})

test('a role that refers to another one adds its settings, and there is still one owner of retries', async () => {
  const config: Config = {
    models: {
      chat: { use: { role: 'small' }, defaults: { temperature: 1 }, retry: { attempts: 5 } },
      small: { use: 'groq/x', defaults: { temperature: 0, maxTokens: 9 }, retry: { maxWait: '1s' } },
    },
  }
  expect(await routeOf(config, 'chat')).toMatchObject({
    roles: ['chat', 'small'],
    defaults: { temperature: 1, maxTokens: 9 },
    retry: { attempts: 5, maxWait: 1_000 },
  })
})

test('ANYMODEL_<ROLE> overrides the model of one role and keeps its settings', async () => {
  const config: Config = { models: { 'cover-text': { use: 'groq/x', defaults: { seed: 1 } }, chat: 'groq/y' } }
  vi.stubEnv('ANYMODEL_COVER_TEXT', 'xai/z')
  expect(await routeOf(config, 'cover-text')).toMatchObject({
    model: { provider: 'xai', id: 'z' },
    defaults: { seed: 1 },
    overriddenBy: 'ANYMODEL_COVER_TEXT',
  })
  expect((await routeOf(config, 'chat')).model).toEqual({ provider: 'groq', id: 'y' })
  vi.stubEnv('ANYMODEL_COVER_TEXT', 'nonsense')
  await expect(routeOf(config, 'cover-text')).rejects.toThrow(
    'ANYMODEL_COVER_TEXT must be provider/model, not "nonsense"',
  )
})

test('a variable may name the model', async () => {
  const config: Config = { models: { chat: '${CHAT_MODEL:-groq/x}', other: '${OTHER_MODEL}' } }
  expect((await routeOf(config, 'chat')).model).toEqual({ provider: 'groq', id: 'x' })
  vi.stubEnv('CHAT_MODEL', 'xai/y')
  expect((await routeOf(config, 'chat')).model).toEqual({ provider: 'xai', id: 'y' })
  await expect(routeOf(config, 'other')).rejects.toThrow(
    'The role other needs its model, but the environment variable OTHER_MODEL is not set.',
  )
})

test('provider/model needs no role', async () => {
  expect(await routeOf({ models: { chat: 'groq/x' } }, 'xai/grok')).toMatchObject({
    roles: [],
    model: { provider: 'xai', id: 'grok' },
  })
})

test('a role that is not there is an error that lists those that are', async () => {
  await expect(routeOf({ models: { chat: 'groq/x', small: 'groq/y' } }, 'smal')).rejects.toThrow(
    'There is no role "smal" in config. Did you mean small? There are chat, small; a model can also be named as provider/model.',
  )
})

test('several models are ways of their own, each with the settings of the roles on it', async () => {
  const config: Config = {
    models: {
      chat: {
        use: ['groq/x', { role: 'small' }],
        defaults: { temperature: 1 },
        onBreak: 'continue',
        onContextOverflow: [{ role: 'small' }],
      },
      small: { use: ['xai/a', 'xai/b'], defaults: { temperature: 0, maxTokens: 9 }, timeouts: { idle: '1s' } },
    },
  }
  const route = await routeOf(config, 'chat')
  expect(route).toMatchObject({
    roles: ['chat'],
    model: { id: 'x' },
    defaults: { temperature: 1 },
    retry: { attempts: 2 },
  })
  expect(route.fallback).toMatchObject({ onBreak: 'continue', unfiltered: [] })
  const small = { roles: ['chat', 'small'], defaults: { temperature: 1, maxTokens: 9 }, timeouts: { idle: 1_000 } }
  for (const legs of [route.fallback?.others, route.fallback?.larger])
    expect(legs).toMatchObject(['a', 'b'].map((id) => ({ ...small, model: { provider: 'xai', id } })))
  vi.stubEnv('ANYMODEL_SMALL', 'groq/z')
  expect((await routeOf(config, 'chat')).fallback?.others).toMatchObject([{ model: { id: 'z' } }])
  vi.stubEnv('ANYMODEL_CHAT', 'groq/only')
  expect(await routeOf(config, 'chat')).toMatchObject({ model: { id: 'only' }, fallback: { others: [] } })
})

test('a role that refers to another one has its lists, unless it says error', async () => {
  const small = { use: 'groq/x', onContentFilter: ['xai/free'], onBreak: 'restart' } as const
  const config: Config = {
    models: { small, chat: { use: { role: 'small' } }, strict: { use: { role: 'small' }, onContentFilter: 'error' } },
  }
  expect((await routeOf(config, 'chat')).fallback).toMatchObject({
    onBreak: 'restart',
    unfiltered: [{ model: { id: 'free' } }],
  })
  expect((await routeOf(config, 'strict')).fallback).toMatchObject({ onBreak: 'restart', unfiltered: [] })
})
