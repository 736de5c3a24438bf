// The obvious scheme, to compare with: a serial number for each row, and a reader that asks for
// numbers above the highest it has seen.

import { Client } from 'pg'

/** Inserts rows one by one from many connections while one polls. Gives how many rows the poller never saw. */
export async function lostByNaiveLog(
  url: string,
  { rows, writers }: { readonly rows: number; readonly writers: number },
): Promise<number> {
  const clients = Array.from({ length: writers + 1 }, () => new Client({ connectionString: url }))
  await Promise.all(clients.map((client) => client.connect()))
  const [reader, ...others] = clients
  if (reader === undefined) return 0
  await reader.query('CREATE TABLE naive (id bigserial PRIMARY KEY, message bytea NOT NULL)')
  let isDone = false
  const poll = async (): Promise<number> => {
    let [received, last] = [0, 0]
    for (;;) {
      const isLast = isDone
      const answer = await reader.query<{ id: string }>({
        name: 'poll',
        text: 'SELECT id FROM naive WHERE id > $1 ORDER BY id LIMIT 500',
        values: [last],
      })
      received += answer.rows.length
      last = Number(answer.rows.at(-1)?.id ?? last)
      if (answer.rows.length === 0 && isLast) return received
    }
  }
  const polled = poll()
  let left = rows
  await Promise.all(
    others.map(async (client) => {
      const insert = {
        name: 'insert',
        text: 'INSERT INTO naive (message) VALUES ($1)',
        values: [Buffer.alloc(8)],
      }
      while (left-- > 0) await client.query(insert)
    }),
  )
  isDone = true
  const received = await polled
  await Promise.all(clients.map((client) => client.end()))
  return rows - received
}
