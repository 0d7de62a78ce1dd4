export { readVideoWebhook, type VideoNews, type VideoWebhook } from './webhooks/read-webhook.ts'
