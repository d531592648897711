// What the comparisons by DuckDB share: a database of two threads, and a query that is timed.
import { DuckDBInstance } from '@duckdb/node-api';

// connect opens a database in memory, of two threads; the order of rows need not be kept, which spares it work.
export async function connect() {
  return (await DuckDBInstance.create(':memory:', { threads: '2', preserve_insertion_order: 'false' })).connect();
}

// rows gives a query's rows as objects.
export async function rows(connection, query) {
  return (await connection.runAndReadAll(query)).getRowObjectsJS();
}

// timed runs a statement: wall and processor seconds, peak memory of the process in KiB, and what it held before (node, the library, factors).
export async function timed(connection, statement) {
  const base = process.memoryUsage.rss() >> 10, used = process.cpuUsage(), began = process.hrtime.bigint();
  await connection.run(statement);
  const wall = Number(process.hrtime.bigint() - began) / 1e9, spent = process.cpuUsage(used);
  return { wall, processor: (spent.user + spent.system) / 1e6, peak: process.resourceUsage().maxRSS, base };
}

// compare joins DuckDB's table "result" with ailca's by every column of the key: rows that only one of them has, and the largest relative
// difference of the others.
export async function compare(connection, key, mine) {
  const [found] = await rows(connection, `select count(*)::INTEGER as compared, count(*) filter (ours.value is null or theirs.value is null)::INTEGER as unmatched,
    max(case when ours.value = theirs.value then 0 else abs(ours.value - theirs.value) / greatest(abs(ours.value), abs(theirs.value)) end) as off
    from (${mine}) ours full join result theirs using (${key})`);
  return found;
}
