// Writes an inventory of deployments by DuckDB: node generate.mjs ROWS FILE [plain|packed]. Values follow from the row's number alone: texts of
// 100 to 5,000 distinct values, numbers that are not round, one row in twenty without energy, another one without device hours, one in four
// without PUE. There are no ids, as a request log has none. "packed" writes the same rows with what others' writers do: pages of version 2,
// zstd, encodings of version 2, row groups of a million rows.
import { DuckDBInstance } from '@duckdb/node-api';

const [rows, file, form = 'plain'] = process.argv.slice(2);
const forms = { plain: 'format parquet', packed: 'format parquet, compression zstd, parquet_version v2, row_group_size 1048576' };
const connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
const draw = (seed, values) => `(hash(i * ${seed}) % ${values})`;
const pick = (seed, ...words) => `(['${words.join("','")}'])[(1 + ${draw(seed, words.length)})::BIGINT]`;
const number = (seed, values, unit) => `(1 + ${draw(seed, values)})::DOUBLE / ${unit}`;
const lacking = (remainder, value) => `case when ${draw(3, 20)} = ${remainder} then null else ${value} end`;
await connection.run(`copy (select
  'model-' || ${draw(1, 500)} as model_id, 'organisation-' || ${draw(7, 100)} as organisation, 'service-' || ${draw(41, 5000)} as service,
  'text_generation' as task, ${pick(19, 'nvidia-h100-sxm5-80gb', 'nvidia-a100-sxm4-40gb')} as hardware_id,
  ${lacking(1, number(23, 100003, 977.7))} as device_hours, 1::DOUBLE as requests,
  ${draw(43, 8009)}::DOUBLE as input_tokens, ${draw(29, 4001)}::DOUBLE as output_tokens,
  ${lacking(0, number(11, 1000003, 1000.3))} as energy, ${lacking(0, pick(13, 'device', 'node', 'it', 'facility'))} as energy_boundary,
  ${pick(17, 'metered', 'declared', 'estimated')} as energy_basis,
  case when ${draw(47, 4)} = 0 then null else 1.05 + ${number(53, 601, 1003.3)} end as pue,
  ${pick(31, 'USA', 'FRA', 'DEU', 'SWE', 'IND', 'IRL', 'GBR', 'JPN', 'CAN', 'NLD', 'CHN', 'ESP', 'ITA', 'POL', 'FIN', 'NOR', 'KOR', 'AUS', 'BRA', 'SGP')} as region,
  2020 + ${draw(37, 5)}::BIGINT as year, 'volume' as scope, 'log-' || ${draw(59, 100)} as source, 'CC0-1.0' as licence,
  ${pick(61, 'measured', 'measured', 'measured', 'reported')} as quality
  from range(${Number(rows)}) t(i)) to '${file}' (${forms[form]})`);
