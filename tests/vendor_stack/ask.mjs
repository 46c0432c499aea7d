// One request over a raw socket: the target goes out byte for byte (one character of `target` is one byte).
import net from 'node:net';

export function ask(port, { method, target, headers, line }) {
  const host = headers.some(([name]) => name.toLowerCase() === 'host') ? [] : [['Host', 'localhost']];
  const fields = [...host, ...headers, ['Connection', 'close']].map(([name, value]) => `${name}: ${value}\r\n`);
  const bytes = Buffer.from(`${line ?? `${method} ${target} HTTP/1.1`}\r\n${fields.join('')}\r\n`, 'latin1');
  return new Promise((resolve, reject) => {
    const pieces = [];
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(5000, () => socket.destroy(new Error(`no answer to ${method} ${target}`)));
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('error', reject);
    socket.on('close', () => resolve(read(Buffer.concat(pieces))));
  });
}

function read(answer) {
  const end = answer.indexOf('\r\n\r\n');
  const [statusLine, ...lines] = answer.subarray(0, end).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((text) => [text.slice(0, text.indexOf(':')).toLowerCase(), text.slice(text.indexOf(':') + 1).trim()]),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, body: answer.subarray(end + 4).toString('utf8') };
}
