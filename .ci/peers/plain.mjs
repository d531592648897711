// Computes the plain rule by DuckDB, as fast as it can be written there (group first, then join), times it, and compares the result with that of
// ailca: node plain.mjs INVENTORY IMPACTS.parquet. The factors stand in electricity.csv. Prints one line of JSON.
import { compare, connect, timed } from './duck.mjs';

const [inventory, impacts] = process.argv.slice(2);
const connection = await connect();
await connection.run(`create table factor as select region, year, arg_min(value, abs(valid_from - year)) as value
  from read_csv('electricity.csv'), range(2020, 2025) y(year) where category = 'climate_change' group by all`);
const spent = await timed(connection, `create table result as with sums as (
    select region, year, model_id, sum(energy) as energy from '${inventory}' where energy is not null group by all)
  select region, year, model_id as model, energy * 1.42 * 1.125 * 1.269 * value as value from sums join factor using (region, year)`);
const found = await compare(connection, 'region, year, model',
  `select region, year, model, sum(value) as value from '${impacts}' where accounting = 'location' group by all`);
console.log(JSON.stringify({ ...spent, ...found }));
