const day = '(?:0[1-9]|[12]\\d|3[01])'
const leapYear = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)'
const date = [
  `\\d{4}-(?:0[13578]|1[02])-${day}`,
  '\\d{4}-(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)',
  '\\d{4}-02-(?:0[1-9]|1\\d|2[0-8])',
  `${leapYear}-02-29`,
].join('|')
const time = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)'

const count = '\\d{1,9}'
const hours = `T(?:${count}S|${count}M(?:${count}S)?|${count}H(?:${count}M(?:${count}S)?)?)`
const days = `(?:${count}D|${count}M(?:${count}D)?|${count}Y(?:${count}M(?:${count}D)?)?)`

const label = '[A-Za-z0-9]{1,15}(?:-[A-Za-z0-9]{1,15}){0,2}'
const topLabel = '[A-Za-z][A-Za-z0-9]{1,14}(?:-[A-Za-z0-9]{1,15})?'
const hostname = `(?:${label}\\.){0,4}${topLabel}`
const atom = '[A-Za-z0-9_+-]{1,20}'

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const group = '[0-9A-Fa-f]{1,4}'
const ipv6 = [
  `(?:${group}:){7}${group}`,
  ...Array.from({ length: 8 }, (_, before) => {
    const after = 7 - before
    const left = before === 0 ? '' : `${group}(?::${group}){0,${before - 1}}`
    return after === 0 ? `${left}::` : `${left}::(?:${group}(?::${group}){0,${after - 1}})?`
  }),
].join('|')

const pathCharacter = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
const behindHost = `(?:/${pathCharacter}*)*(?:\\?(?:${pathCharacter}|[/?])*)?(?:#(?:${pathCharacter}|[/?])*)?`
const address = `(?:${octet}(?:\\.${octet}){3})`
const hierarchical = `[A-Za-z][A-Za-z0-9+.-]{0,15}://(?:${hostname}|${address})(?::[1-9]\\d{0,3})?${behindHost}`
const uri = `${hierarchical}|(?:mailto|urn|tel|news):${pathCharacter}+`
const pointer = '(?:/(?:[^~/]|~[01])*)*'

const whole = (pattern: string): string => `^(?:${pattern})$`

/**
 * Formats as patterns. Every text that matches is valid; not every valid text matches: no leap seconds, no quoted mailboxes, hosts of a few short labels. RFC 3339 (dates, times, durations),
 * 5321, 1123, 4291, 3986, 6901, 4122.
 */
export const formats: Readonly<Record<string, string>> = {
  date: whole(date),
  time: whole(time),
  'date-time': whole(`(?:${date})T${time}`),
  duration: whole(`P(?:${count}W|${days}(?:${hours})?|${hours})`),
  email: whole(`${atom}(?:\\.${atom}){0,2}@(?:${label}\\.){1,3}${topLabel}`),
  hostname: whole(hostname),
  ipv4: whole(address),
  ipv6: whole(ipv6),
  uuid: whole('[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}'),
  uri: whole(uri),
  'uri-reference': whole(`${uri}|(?:/${pathCharacter}+)+(?:\\?(?:${pathCharacter}|[/?])*)?`),
  'json-pointer': whole(pointer),
  'relative-json-pointer': whole(`(?:0|[1-9]\\d{0,9})(?:#|${pointer})`),
}
