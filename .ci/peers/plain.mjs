// Computes the plain rule by DuckDB, as fast as it can be written there (group first, then join), times it, and compares the result with that of
// ailca: node plain.mjs INVENTORY FACTORS.csv IMPACTS.parquet. Prints wall seconds, processor seconds, peak memory in KiB and the largest relative difference.
import { DuckDBInstance } from '@duckdb/node-api';

const [inventory, factors, impacts] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
await connection.run(`create table factor as select region, year, arg_min(value, abs(valid_from - year)) as value
  from read_csv('${factors}'), range(2020, 2025) y(year) group by all`);
const began = process.hrtime.bigint(), before = process.cpuUsage();
await connection.run(`create table result as with sums as (
    select region, year, model_id, sum(energy) as energy from '${inventory}' where energy is not null group by all)
  select region, year, model_id, energy * 1.42 * 1.125 * 1.269 * value as impact from sums join factor using (region, year)`);
const wall = Number(process.hrtime.bigint() - began) / 1e9, used = process.cpuUsage(before);
const compared = await connection.runAndReadAll(`select count(*)::INTEGER, max(abs(impact - value) / impact) from result
  full join (select region, year, model, sum(value) as value from '${impacts}' where accounting = 'location' group by all) mine
  on result.region = mine.region and result.year = mine.year and result.model_id = mine.model`);
const [rows, off] = compared.getRows()[0];
console.log(wall.toFixed(3), ((used.user + used.system) / 1e6).toFixed(3), process.resourceUsage().maxRSS, rows, off);
