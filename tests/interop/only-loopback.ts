import net from 'node:net'

/** From here on, a connection to anything but this machine throws; what it gives undoes that. */
export function onlyLoopback(): () => void {
  const { connect } = net.Socket.prototype
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    const [first] = args.flat() as { host?: string; path?: string }[]
    const host = typeof first === 'object' ? first.host : String(args[1] ?? '')
    if (!(typeof first === 'object' && first.path) && !['127.0.0.1', 'localhost', '::1'].includes(host ?? 'localhost'))
      throw new Error(`A test wanted to contact ${host}.`)
    return (connect as (...args: unknown[]) => net.Socket).apply(this, args)
  } as typeof connect
  return () => {
    net.Socket.prototype.connect = connect
  }
}
