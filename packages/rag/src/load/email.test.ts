import { describe, expect, it } from 'vitest'
import { presentation } from '../testing/office-files.ts'
import { load } from './load.ts'
import type { LoadOptions } from './loader.ts'

const mail = (options: LoadOptions = {}, body = 'Hello =E2=82=AC') => {
  const parts = [
    `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${body}`,
    'Content-Type: text/csv; name="list.csv"\r\nContent-Disposition: attachment; filename="list.csv"\r\n\r\nname,age\r\nAnn,3',
    `Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="deck.pptx"\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(presentation()).toString('base64')}`,
    'Content-Type: image/png\r\nContent-Disposition: attachment; filename="../../x.png"\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=',
  ]
  const text = `From: "A. Writer" <a@example.com>\r\nTo: b@example.com, Group: c@example.com, d@example.com;\r\nSubject: =?utf-8?B?R3LDvMOfZQ==?=\r\nDate: Fri, 02 Feb 2024 10:00:00 +0100\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`
  return load({ id: 'a.eml', bytes: Buffer.from(text) }, options)
}

describe('e-mails', () => {
  it('give their text, and what their headers say', async () => {
    expect(await mail()).toEqual([
      {
        id: 'a.eml',
        mediaType: 'message/rfc822',
        text: 'Hello €',
        title: 'Grüße',
        created: '2024-02-02T09:00:00.000Z',
        metadata: {
          from: ['a@example.com'],
          to: ['b@example.com', 'c@example.com', 'd@example.com'],
          messageId: '<1@example.com>',
          attachments: ['list.csv', 'deck.pptx', '../../x.png'],
        },
      },
    ])
  })

  it('give their attachments as documents when asked', async () => {
    const documents = await mail({ attachments: true })
    expect(documents.map(({ id, mediaType }) => [id, mediaType?.split('.').at(-1)])).toEqual([
      ['a.eml', 'message/rfc822'],
      ['a.eml#list.csv', 'text/csv'],
      ['a.eml#deck.pptx', 'presentation'],
    ])
    expect(documents[1]).toMatchObject({ text: 'name: Ann | age: 3', metadata: { attachedTo: 'a.eml' } })
  })

  it('give HTML as text where they have no other', async () => {
    const text = 'Subject: x\r\nContent-Type: text/html\r\n\r\n<h1>Hi</h1><p style="display:none">no</p><p>there'
    expect((await load({ id: 'a.eml', bytes: Buffer.from(text) }))[0]?.text).toBe('Hi\n\nthere')
  })

  it('end, however deep their parts are', async () => {
    let text = 'x'
    for (let n = 0; n < 200; n++)
      text = `Content-Type: multipart/mixed; boundary="b${n}"\r\n\r\n--b${n}\r\n${text}\r\n--b${n}--\r\n`
    await load({ id: 'a.eml', bytes: Buffer.from(text) }).catch((error: { code: string }) =>
      expect(error.code).toBe('invalid-argument'),
    )
  })
})
