// Writes an inventory of deployments by DuckDB: node generate.mjs ROWS FILE. Values follow from the row's number alone: texts of 100 to 500
// distinct values, numbers that are not round, 5 % without energy.
import { DuckDBInstance } from '@duckdb/node-api';

const [rows, file] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
const pick = (seed, ...words) => `(['${words.join("','")}'])[(1 + hash(i * ${seed}) % ${words.length})::BIGINT]`;
const number = (seed, values, unit) => `(hash(i * ${seed}) % ${values})::DOUBLE / ${unit}`;
await connection.run(`copy (select
  'd' || i as deployment_id, 'model-' || (hash(i) % 500) as model_id, 'org-' || (hash(i * 7) % 100) as organisation, 'text_generation' as task,
  case when hash(i * 3) % 20 = 0 then null else ${number(11, 1000003, 1000.3)} end as energy,
  case when hash(i * 3) % 20 = 0 then null else ${pick(13, 'device', 'node', 'it', 'facility')} end as energy_boundary,
  ${pick(17, 'metered', 'declared', 'estimated')} as energy_basis, ${pick(19, 'nvidia-h100-sxm5-80gb', 'nvidia-a100-sxm4-80gb')} as hardware_id,
  ${number(23, 100003, 977.7)} as device_hours, 1::DOUBLE as requests, (hash(i * 29) % 4001)::DOUBLE as output_tokens,
  ${pick(31, 'USA', 'FRA', 'DEU', 'SWE', 'IND', 'IRL', 'GBR', 'JPN', 'CAN', 'NLD')} as region, 2020 + (hash(i * 37) % 5)::BIGINT as year,
  'volume' as scope, 'generated' as source, 'CC0-1.0' as licence, 'measured' as quality
  from range(${Number(rows)}) t(i)) to '${file}' (format parquet)`);
