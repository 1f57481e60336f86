/** The values of a stream of JSON lines, as they come. A line that is not JSON ends it with an error. */
export async function* readNdjson(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<unknown> {
  let rest = ''
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      const lines = (rest + value).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.trim() !== '') yield JSON.parse(line)
    }
    if (rest.trim() !== '') yield JSON.parse(rest)
  } finally {
    await reader.cancel().catch(() => {})
  }
}
